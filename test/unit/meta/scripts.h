#pragma once
/// \file
/// Rules of a test's own.

#include "support/files.h"

#include "meta/rules.h"

namespace fedmsg::meta {

inline Config site() {
    Config config;
    config.topic_prefix_re = R"(org\.fedoraproject\.(dev|stg|prod))";
    return config;
}

/// A folder of scripts, and the rules made of it.
class Scripts {
  public:
    explicit Scripts(Config config = site()) : config_{std::move(config)} {}

    /// Before the first question.
    void add(const std::string& name, std::string_view script) {
        std::filesystem::create_directories((folder_ / name).parent_path());
        folder_.write(name + ".lua", script);
    }
    Rules& rules() {
        if (!rules_)
            rules_.emplace(config_,
                           Settings{.folders = {folder_.path()}, .now = [] { return 1464739200.0; }});
        return *rules_;
    }
    /// What `subtitle` of a script says, whose only line is its expression.
    std::string says(std::string_view expression, const std::string& msg = "{}") {
        add("test", "return { subtitle = function(msg) return " + std::string{expression} + " end }");
        rules_.reset();
        return subtitle("test", msg);
    }
    std::string subtitle(const std::string& name, const std::string& msg = "{}") {
        const auto message =
            test::parse_json(R"({"topic":"org.fedoraproject.dev.)" + name + R"(.x","msg":)" + msg + "}");
        return rules().subtitle(message.root());
    }
    /// The complaint that says() has left.
    std::string failure(const std::string& name = "test") {
        auto* const processor = rules().processor_of("org.fedoraproject.dev." + name);
        if (processor == nullptr) return "no processor";
        if (const auto wrong = processor->load()) return *wrong;
        return processor->last_failure();
    }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    Config config_;
    test::TemporaryFolder folder_;
    std::optional<Rules> rules_;
};

}  // namespace fedmsg::meta
