#pragma once

#include <ailoop/config/visitor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// Writes a description as a JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12) of the configurations
/// that it describes, for editors and for checks without the program.
///
/// Every setting has its type, range or choices, default and meaning, and `x-affects`; paths have the format `path`. A
/// list says what its `items` are; one that may be a number alone has the type `[number, array]` and the keywords of
/// both. What belongs to a kind stands in the branch of an if/then on the key that names the kind. A schema sees
/// values, not how they are written: `5.0` is an integer to it, and whether a file exists or a key is given twice it
/// cannot know.
class SchemaPrinter final : public Visitor {
 public:
  SchemaPrinter();
  ~SchemaPrinter() override;
  SchemaPrinter(const SchemaPrinter&) = delete;
  SchemaPrinter& operator=(const SchemaPrinter&) = delete;

  /// The schema as JSON text, indented. \param settings the defaults
  template <class S>
  [[nodiscard]] std::string print(std::string_view title, const S& settings = S{}) {
    begin();
    // Descriptions take what they describe as mutable, for readers; a printer calls no setter.
    fields_of(const_cast<S&>(settings));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return finish(title);
  }

 private:
  struct Body;

  void on_field(const Setting& setting) override;
  void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) override;
  void on_kind(const Setting& discriminator, KindSlot& slot) override;
  void on_exclusive(const std::vector<std::string>& names) override;

  void begin();
  std::string finish(std::string_view title);
  /// What `describe` adds while it talks to this visitor.
  Body described(const std::function<void()>& describe);

  std::unique_ptr<Body> m_root;
  Body* m_open = nullptr;  ///< the section or kind that is being described
};

}  // namespace ailoop
