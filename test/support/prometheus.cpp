#include "support/prometheus.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <stdexcept>
#include <vector>

namespace fedmsg::test {
namespace {

class Parser {
  public:
    Exposition parse(std::string_view text) {
        if (!text.empty() && text.back() != '\n') fail("the last line has no end");
        while (!text.empty()) {
            line_ = text.substr(0, text.find('\n'));
            text.remove_prefix(line_.size() + 1);
            rest_ = line_;
            if (taken("# HELP ")) {
                help();
            } else if (taken("# TYPE ")) {
                type();
            } else {
                sample();
            }
        }
        end_family();
        return std::move(result_);
    }

  private:
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error{"`" + std::string{line_} + "`: " + why};
    }
    void require(bool holds, const std::string& otherwise) const {
        if (!holds) fail(otherwise);
    }
    bool taken(std::string_view begin) {
        if (!rest_.starts_with(begin)) return false;
        rest_.remove_prefix(begin.size());
        return true;
    }
    std::string name(bool with_colon) {
        std::size_t size = 0;
        const auto fits = [&](char c) {
            return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || (with_colon && c == ':') ||
                   (size > 0 && std::isdigit(static_cast<unsigned char>(c)));
        };
        while (size < rest_.size() && fits(rest_[size])) ++size;
        require(size > 0, "a name is missing at `" + std::string{rest_} + "`");
        std::string result{rest_.substr(0, size)};
        rest_.remove_prefix(size);
        return result;
    }

    void help() {
        end_family();
        family_ = name(true);
        require(taken(" "), "a blank must follow the name");
        require(result_.helps.emplace(family_, rest_).second, "a second HELP of this family");
        require(!rest_.empty(), "an empty help");
    }

    void type() {
        const auto of = name(true);
        require(of == family_, "TYPE must follow the HELP of its family");
        require(taken(" "), "a blank must follow the name");
        const std::string type{rest_};
        require(type == "counter" || type == "gauge" || type == "histogram", "an unknown type");
        require(result_.types.emplace(of, type).second, "a second TYPE of this family");
        require((type == "counter") == of.ends_with("_total"), "counters end in _total, and nothing else");
    }

    void sample() {
        const auto of = name(true);
        const auto type = result_.types.find(family_);
        require(type != result_.types.end(), "a sample without TYPE");
        if (type->second == "histogram")
            require(of == family_ + "_bucket" || of == family_ + "_sum" || of == family_ + "_count",
                    "not of the family " + family_);
        else
            require(of == family_, "not of the family " + family_);
        std::string key = of, series;
        std::optional<double> bound;
        if (taken("{")) {
            std::set<std::string> names;
            do {
                const auto label = name(false);
                require(names.insert(label).second, "a label twice");
                require(taken("=\""), "=\" must follow a label's name");
                const auto value = quoted();
                key += (names.size() == 1 ? "{" : ",") + label + "=\"" + value + "\"";
                if (label == "le") {
                    bound = number(value);
                } else {
                    series += label + "=" + value + "\n";
                }
            } while (taken(","));
            require(taken("}"), "} must follow the labels");
            key += "}";
        }
        require(taken(" "), "a blank must stand before the value");
        const double value = number(rest_);
        require(result_.samples.emplace(key, value).second, "the same sample twice");
        if (type->second != "gauge") require(!(value < 0), "what counts is not negative");
        if (type->second != "histogram") return;
        auto& histogram = histograms_[series];
        if (of.ends_with("_bucket")) {
            require(bound.has_value(), "a bucket without le");
            require(histogram.buckets.empty() ||
                        (histogram.buckets.back().first < *bound && histogram.buckets.back().second <= value),
                    "buckets ascend");
            histogram.buckets.emplace_back(*bound, value);
        } else {
            (of.ends_with("_sum") ? histogram.sum : histogram.count) = value;
        }
    }

    std::string quoted() {
        std::string value;
        for (;;) {
            require(!rest_.empty(), "a label's value has no end");
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') return value;
            if (c != '\\') {
                value += c;
                continue;
            }
            require(!rest_.empty(), "an escape has no end");
            const char escape = rest_.front();
            rest_.remove_prefix(1);
            require(escape == '\\' || escape == '"' || escape == 'n', "an unknown escape");
            value += escape == 'n' ? '\n' : escape;
        }
    }

    double number(std::string_view text) const {
        if (text == "+Inf") return HUGE_VAL;
        if (text == "-Inf") return -HUGE_VAL;
        if (text == "NaN") return std::nan("");
        const std::string copy{text};
        char* end = nullptr;
        const double value = std::strtod(copy.c_str(), &end);
        require(!copy.empty() && end == copy.c_str() + copy.size() && std::isfinite(value) &&
                    copy.find_first_not_of("0123456789+-.e") == copy.npos,
                "`" + copy + "` is no number");
        return value;
    }

    void end_family() {
        if (family_.empty()) return;
        require(result_.types.contains(family_), "the family before has no TYPE");
        for (const auto& [series, histogram] : histograms_) {
            require(histogram.sum && histogram.count, "the histogram before has no sum or count");
            require(!histogram.buckets.empty() && std::isinf(histogram.buckets.back().first) &&
                        histogram.buckets.back().second == *histogram.count,
                    "the last bucket of the histogram before is not +Inf with its count");
        }
        histograms_.clear();
        family_.clear();
    }

    struct Series {
        std::vector<std::pair<double, double>> buckets;
        std::optional<double> sum, count;
    };
    Exposition result_;
    std::string_view line_, rest_;
    std::string family_;
    std::map<std::string, Series> histograms_;  // of the family
};

}  // namespace

Exposition parse_exposition(std::string_view text) { return Parser{}.parse(text); }

}  // namespace fedmsg::test
