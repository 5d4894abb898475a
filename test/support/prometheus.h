#pragma once
/// \file
/// A strict reader of the text exposition format 0.0.4, as promtool's linter is: what Prometheus would
/// forgive is an error here. Source: prometheus.io/docs/instrumenting/exposition_formats.

#include <map>
#include <string>
#include <string_view>

namespace fedmsg::test {

struct Exposition {
    std::map<std::string, std::string> types;  ///< by family: "counter"
    std::map<std::string, std::string> helps;  ///< by family
    /// By name and labels as they stand, unescaped: `x_total{reason="a"}`.
    std::map<std::string, double> samples;
};

/// \throws std::runtime_error  with the line and what is wrong with it
Exposition parse_exposition(std::string_view text);

}  // namespace fedmsg::test
