// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A description that has what ailoop's own has not yet: kinds within kinds, two kinds in one section that share a key,
// kinds with required settings, and lists that may be a number alone. `--schema` prints its schema; file names are
// read, a line is printed for each.

#include <ailoop/app/configuration_file.hpp>
#include <ailoop/config/schema_printer.hpp>
#include <ailoop/config/settings_reader.hpp>
#include <ailoop/config/yaml_loader.hpp>

#include <cstdio>
#include <string_view>

namespace ailoop::test {
namespace {

class Paint : public Kind {};

class Matt final : public Paint {
 public:
  void describe(Visitor& v) override { v.field("colour", m_colour, any(), Affects::output, "its colour"); }

 private:
  std::string m_colour = "white";
};

class Glossy final : public Paint {
 public:
  void describe(Visitor& v) override {
    v.field("colour", m_colour, text(), Affects::output, "its colour", Presence::required);
    v.section("shine", "how it shines",
              [&] { v.field("gloss", m_gloss, between(0.0, 1.0), Affects::output, "gloss"); });
  }

 private:
  std::string m_colour;
  double m_gloss = 0.5;
};

const Registry<Paint>& paints() {
  static const Registry<Paint> registry = [] {
    Registry<Paint> out;
    out.add({"matt", "without shine", [] { return std::make_unique<Matt>(); }});
    out.add({"glossy", "with shine", [] { return std::make_unique<Glossy>(); }});
    return out;
  }();
  return registry;
}

class Shape : public Kind {};

class Ball final : public Shape {
 public:
  void describe(Visitor& v) override {
    v.field("radius", m_radius, greater_than(0.0), Affects::result, "radius [m]", Presence::required);
  }

 private:
  double m_radius = 1.0;
};

class Box final : public Shape {
 public:
  void describe(Visitor& v) override {
    v.field("width", m_width, between(1, 9), Affects::result, "width [m]");
    v.field("sides", m_sides, between(1, 9), Affects::result, "number of sides [1]");
    v.exclusive("width", "sides");
    v.field("holes", m_holes, one_or_list(greater_than(0.0), between(1, 2)), Affects::result, "radii of holes [m]");
    v.kind("paint", m_paint, paints(), Affects::output, "what it is painted with");
  }

 private:
  std::optional<std::int64_t> m_width;
  std::optional<std::int64_t> m_sides;
  std::optional<std::vector<double>> m_holes;
  KindChoice<Paint> m_paint{"matt", nullptr};
};

class Label : public Kind {};

class NoLabel final : public Label {
 public:
};

class Sticker final : public Label {
 public:
  void describe(Visitor& v) override { v.field("radius", m_radius, between(1, 3), Affects::output, "radius [cm]"); }

 private:
  std::int64_t m_radius = 1;
};

const Registry<Shape>& shapes() {
  static const Registry<Shape> registry = [] {
    Registry<Shape> out;
    out.add({"ball", "a sphere", [] { return std::make_unique<Ball>(); }});
    out.add({"box", "a cuboid", [] { return std::make_unique<Box>(); }});
    return out;
  }();
  return registry;
}

const Registry<Label>& labels() {
  static const Registry<Label> registry = [] {
    Registry<Label> out;
    out.add({"none", "no label", [] { return std::make_unique<NoLabel>(); }});
    out.add({"sticker", "a round sticker", [] { return std::make_unique<Sticker>(); }});
    return out;
  }();
  return registry;
}

struct Parcel {
  bool is_fragile = false;
  KindChoice<Shape> shape{"ball", nullptr};
  KindChoice<Label> label{"none", nullptr};
};

void describe(Visitor& v, Parcel& s) {
  v.field("is_fragile", s.is_fragile, any(), Affects::result, "whether it breaks");
  v.section("content", "what is in it", [&] {
    v.kind("shape", s.shape, shapes(), Affects::result, "its shape");
    v.kind("label", s.label, labels(), Affects::output, "its label");
  });
}

}  // namespace

}  // namespace ailoop::test

int main(int argc, char** argv) {
  using ailoop::test::Parcel;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--schema") {
      std::puts(ailoop::print_schema("Parcel", Parcel{}).c_str());
      continue;
    }
    try {
      Parcel parcel;
      ailoop::read_settings(ailoop::load_yaml(ailoop::read_configuration_file(argv[i]), argv[i]), parcel);
      std::puts("valid");
    } catch (const ailoop::ConfigurationError& error) {
      std::puts(error.what());
    }
  }
}
