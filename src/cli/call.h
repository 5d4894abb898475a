#pragma once
#include "cli/options.h"
#include "cli/subcommand.h"
#include "config/load.h"

#include <string>
#include <vector>

namespace fedmsg::cli {

/// The command did what was asked for already (`--help`, `--version`, `--print-config`). Exit status 0.
struct Done {};

/// The command ends with this exit status and nothing more to say.
struct Exit {
    int status;
};

/// One invocation: the subcommand, its command line, and the configuration that goes with it.
class Call {
  public:
    Call(const Subcommand& subcommand, std::vector<std::string> words)
        : subcommand_{subcommand}, words_{std::move(words)} {}

    /// The first thing that a subcommand does: fills the variables bound in `options`, loads the
    /// configuration with what the common options say, sets up the log. \throws UsageError, SetupError, Done
    const Config& parse(Options options);
    /// The same for a command that looks after the configuration itself: nothing is loaded.
    void parse_without_config(Options options);

    /// What the common options say about the configuration.
    [[nodiscard]] const LoadOptions& load_options() const { return load_options_; }
    [[nodiscard]] const Loaded& loaded() const { return loaded_; }
    /// The configuration read again, as on SIGHUP. \throws as load_config
    [[nodiscard]] Loaded reload() const { return load_config(load_options_); }
    [[nodiscard]] const Subcommand& subcommand() const { return subcommand_; }

    /// The options of a subcommand, common ones included, without running it.
    static Options describe(const Subcommand& subcommand);

  private:
    void add_common(Options& options);
    void read_words(Options& options);

    const Subcommand& subcommand_;
    std::vector<std::string> words_;
    Options* describe_into_ = nullptr;
    bool help_ = false, version_ = false, print_config_ = false;
    std::string log_level_;
    LoadOptions load_options_;
    Loaded loaded_;
};

/// Where `--version` finds its words: "fedmsg 2.0.0", and a line with the optional parts that this build
/// lacks.
std::string version_text();

}  // namespace fedmsg::cli
