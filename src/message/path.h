#pragma once
/// \file
/// `msg.commit.username`: the way to a value within objects. Source: fedmsg 1.1.7, utils.py `dict_query` (the
/// reference cases of dict_query.json).

#include "encoding/document.h"

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::message {

/// A dot always separates, so a key that has one cannot be named; elements of arrays cannot either.
class Path {
  public:
    /// \param dotted  anything: between two dots is the empty key, and so is the empty path
    explicit Path(std::string_view dotted);

    /// The value in `root`, valid for as long as its document; null when there is none.
    [[nodiscard]] const encoding::Node* find(encoding::Node root) const;

  private:
    std::vector<std::string> keys_;  // at least one
};

}  // namespace fedmsg::message
