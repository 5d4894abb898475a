#pragma once
/// \file
/// Random JSON texts in every spelling that JSON has, and texts that are nearly JSON.

#include <cstdint>
#include <random>
#include <string>

namespace fedmsg::encoding {

class RandomJson {
  public:
    explicit RandomJson(std::uint64_t seed) : engine_{seed} {}

    /// One value, nested up to six deep. Never has the bytes 1E and 1F.
    std::string text();
    /// `text` with some bytes changed, inserted, removed, or its end cut off.
    std::string mutated(std::string text);
    /// From 0 to `end` - 1.
    std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>{0, end - 1}(engine_);
    }

  private:
    template <class... Choices>
    std::string one_of(Choices... choices) {
        const std::string all[] = {choices...};
        return all[below(sizeof...(choices))];
    }
    std::string digits(std::size_t count);
    std::string space();
    std::string value(int depth);
    std::string number();
    std::string string();
    std::string character();
    std::string array(int depth);
    std::string object(int depth);

    std::mt19937_64 engine_;
};

}  // namespace fedmsg::encoding
