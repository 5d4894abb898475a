#pragma once
/// \file
/// Builds the syntax tree. Source: Python 3.11, "Full Grammar specification", without what the dialect leaves
/// out.

#include "config/dialect/ast.h"

#include <string_view>

namespace fedmsg::dialect {

/// \param source  valid UTF-8 with LF line ends; must outlive the machine
/// \throws Failure  a syntax error, or a construct outside of the dialect
Program parse(Machine& m, std::string_view source);

}  // namespace fedmsg::dialect
