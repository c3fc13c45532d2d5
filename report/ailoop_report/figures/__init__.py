# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A module for each picture of the page; each has draw(run, look), which returns (figure, remarks) or None."""
