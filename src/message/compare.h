#pragma once
/// \file
/// The order of two JSON values, as `--where` sees it.

#include "encoding/document.h"

#include <compare>

namespace fedmsg::message {

/// Numbers exactly, whether integer or real, of any size; strings by code point; false before true; null is
/// null. Unordered: values of different kinds, NaN, arrays and objects. Allocates nothing.
[[nodiscard]] std::partial_ordering compare(encoding::Node a, encoding::Node b);

}  // namespace fedmsg::message
