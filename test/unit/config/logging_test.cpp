#include "config/logging.h"

#include "unit/config/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Logging : public testing::Test {
  protected:
    LoggingSettings read(const std::string& text) {
        remarks = {};
        return read_logging(*test::json(text).object(), remarks);
    }
    /// One handler `h`, used by the logger fedmsg.
    LogHandler handler(const std::string& members) {
        const auto settings = read(R"({"version": 1, "handlers": {"h": {)" + members +
                                   R"(}}, "loggers": {"fedmsg": {"handlers": ["h"]}}})");
        return settings.fedmsg.handlers.empty() ? LogHandler{} : settings.fedmsg.handlers[0];
    }

    LoggingRemarks remarks;
};

TEST_F(Logging, GivesLevelFormatAndTimeOfEachLogger) {
    const auto settings = read(R"({"version": 1,
        "formatters": {"bare": {"format": "%(name)s %(message)s", "datefmt": "%H:%M"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "bare", "level": "INFO",
                                 "stream": "ext://sys.stdout"}},
        "loggers": {"fedmsg": {"level": "DEBUG", "propagate": false, "handlers": ["console"]},
                    "moksha": {"level": "ERROR", "propagate": false, "handlers": ["console"]}}})");
    const LogHandler console{.kind = LogHandler::Kind::standard_output,
                             .level = LogLevel::info,
                             .format = "%(name)s %(message)s",
                             .datefmt = "%H:%M"};
    EXPECT_EQ(settings.fedmsg, (LoggerSettings{LogLevel::debug, {console}}));
    EXPECT_EQ(settings.moksha, (LoggerSettings{LogLevel::error, {console}}));
    EXPECT_THAT(remarks.errors, IsEmpty());
    EXPECT_THAT(remarks.warnings, IsEmpty());
}

TEST_F(Logging, KnowsConsoleFileRotatingFileAndSyslog) {
    EXPECT_EQ(handler(R"("class": "logging.StreamHandler")"), LogHandler{});
    EXPECT_EQ(handler(R"("class": "logging.FileHandler", "filename": "/x")"),
              (LogHandler{.kind = LogHandler::Kind::file, .path = "/x"}));
    EXPECT_EQ(
        handler(
            R"("class": "logging.handlers.RotatingFileHandler", "filename": "/x", "maxBytes": 9, "backupCount": 2)"),
        (LogHandler{
            .kind = LogHandler::Kind::rotating_file, .path = "/x", .max_bytes = 9, .backup_count = 2}));
    EXPECT_EQ(
        handler(R"("class": "logging.handlers.SysLogHandler", "address": "/dev/log", "facility": "daemon")"),
        (LogHandler{.kind = LogHandler::Kind::syslog, .path = "/dev/log", .facility = "daemon"}));
    EXPECT_EQ(handler(R"("class": "logging.handlers.SysLogHandler", "address": ["loghost", 514])").path,
              "loghost:514");
    EXPECT_EQ(handler(R"("class": "logging.handlers.SysLogHandler")").path, "localhost:514");
    EXPECT_THAT(remarks.errors, IsEmpty());
}

TEST_F(Logging, InheritsFromTheRootLogger) {
    const auto settings = read(R"({"version": 1,
        "handlers": {"a": {"class": "logging.StreamHandler"}, "b": {"class": "logging.FileHandler", "filename": "/b"}},
        "loggers": {"fedmsg": {"handlers": ["a"]}, "moksha": {"propagate": false}},
        "root": {"level": "CRITICAL", "handlers": ["b"]}})");
    EXPECT_EQ(settings.fedmsg.level, LogLevel::critical);
    ASSERT_EQ(settings.fedmsg.handlers.size(), 2U);
    EXPECT_EQ(settings.fedmsg.handlers[1].path, "/b");
    EXPECT_THAT(settings.moksha.handlers, IsEmpty());
}

TEST_F(Logging, TakesLevelsAsWordsAndNumbers) {
    const auto level = [&](const std::string& text) {
        return read(R"({"version": 1, "loggers": {"fedmsg": {"level": )" + text + "}}}").fedmsg.level;
    };
    EXPECT_EQ(level(R"("WARN")"), LogLevel::warning);
    EXPECT_EQ(level(R"("FATAL")"), LogLevel::critical);
    EXPECT_EQ(level("10"), LogLevel::debug);
    EXPECT_EQ(level("21"), LogLevel::warning);
    EXPECT_EQ(level("99"), LogLevel::critical);
    EXPECT_EQ(level(R"("NOTSET")"), LogLevel::warning);
    EXPECT_THAT(remarks.errors, IsEmpty());
    level(R"("loud")");
    EXPECT_THAT(remarks.errors,
                ElementsAre("logging.loggers.fedmsg.level is \"loud\": must be DEBUG, INFO, WARNING, ERROR, "
                            "CRITICAL or NOTSET"));
}

TEST_F(Logging, WarnsOnceOfAHandlerItDoesNotHave) {
    const auto settings =
        read(R"({"version": 1, "handlers": {"mailer": {"class": "logging.handlers.SMTPHandler"},
        "unused": {"class": "logging.handlers.HTTPHandler"}, "null": {"class": "logging.NullHandler"}},
        "loggers": {"fedmsg": {"handlers": ["mailer", "null"]}, "moksha": {"handlers": ["mailer"]}}})");
    EXPECT_THAT(settings.fedmsg.handlers, IsEmpty());
    ASSERT_EQ(remarks.warnings.size(), 1U);
    EXPECT_THAT(remarks.warnings[0],
                HasSubstr("logging.handlers.mailer: logging.handlers.SMTPHandler is not known here"));
    EXPECT_THAT(remarks.errors, IsEmpty());
}

TEST_F(Logging, LogsTheBareMessageWhereTheFormatterIsCode) {
    const auto settings =
        read(R"x({"version": 1, "formatters": {"f": {"()": "my.Formatter", "format": "{message}"}},
        "handlers": {"h": {"class": "logging.StreamHandler", "formatter": "f"}},
        "loggers": {"fedmsg": {"handlers": ["h"]}}})x");
    EXPECT_EQ(settings.fedmsg.handlers.at(0).format, "%(message)s");
    EXPECT_THAT(remarks.warnings,
                ElementsAre(HasSubstr("logging.formatters.f: only plain formatters in % style")));
}

struct Broken {
    const char* text;
    const char* error;
};

TEST_F(Logging, NamesThePlaceThatIsWrong) {
    const auto broken = {
        Broken{R"({"loggers": {}})", "logging.version is absent: must be 1"},
        Broken{R"({"version": 1, "handlers": []})", "logging.handlers is []: must be a dict"},
        Broken{R"({"version": 1, "root": 1})", "logging.root is 1: must be a dict"},
        Broken{R"({"version": 1, "loggers": {"fedmsg": 1}})", "logging.loggers.fedmsg is 1: must be a dict"},
        Broken{R"({"version": 1, "loggers": {"fedmsg": {"handlers": "h"}}})",
               "logging.loggers.fedmsg.handlers is \"h\": must be a list of names from handlers"},
        Broken{R"({"version": 1, "loggers": {"moksha": {"handlers": ["h"]}}})",
               "logging.loggers.moksha.handlers is \"h\": must be the name of a handler"},
        Broken{R"({"version": 1, "handlers": {"h": 1}, "root": {"handlers": ["h"]}})",
               "logging.handlers.h is 1: must be a dict"},
        Broken{R"({"version": 1, "handlers": {"h": {"class": 1}}, "root": {"handlers": ["h"]}})",
               "logging.handlers.h.class is 1: must be a string"},
        Broken{
            R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "stream": "x"}}, "root": {"handlers": ["h"]}})",
            "logging.handlers.h.stream is \"x\": must be ext://sys.stdout or ext://sys.stderr"},
        Broken{
            R"({"version": 1, "handlers": {"h": {"class": "logging.FileHandler"}}, "root": {"handlers": ["h"]}})",
            "logging.handlers.h.filename is absent: must be a path"},
        Broken{
            R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "formatter": "f"}}, "root": {"handlers": ["h"]}})",
            "logging.handlers.h.formatter is \"f\": must be the name of a formatter"},
        Broken{
            R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "filename": "/x",
                  "maxBytes": -1}}, "root": {"handlers": ["h"]}})",
            "logging.handlers.h.maxBytes is -1: must be an integer, 0 or more"},
        Broken{
            R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.SysLogHandler", "address": 5}}, "root": {"handlers": ["h"]}})",
            "logging.handlers.h.address is 5: must be a path or a pair of host and port"},
    };
    for (const Broken& b : broken) {
        read(b.text);
        EXPECT_THAT(remarks.errors, ElementsAre(b.error)) << b.text;
    }
}

}  // namespace
}  // namespace fedmsg
