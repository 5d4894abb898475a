#include "services/monitor/expiry_watch.h"

#include "util/log.h"

#include <boost/asio/steady_timer.hpp>

namespace fedmsg::services {

class ExpiryWatch::State : public std::enable_shared_from_this<State> {
  public:
    State(Loop& loop, std::string component, std::function<std::vector<crypto::InUse>()> in_use)
        : component_{std::move(component)}, in_use_{std::move(in_use)}, timer_{loop.context()} {}

    void look() {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        for (const auto& thing : warnings_.due(in_use_(), now)) log_expiry(component_, thing, now);
        timer_.expires_after(interval);
        timer_.async_wait([self = shared_from_this()](auto error) {
            if (!error && self->in_use_) self->look();
        });
    }
    void stop() { in_use_ = {}; }

  private:
    std::string component_;
    std::function<std::vector<crypto::InUse>()> in_use_;
    crypto::ExpiryWarnings warnings_;
    asio::steady_timer timer_;
};

ExpiryWatch::ExpiryWatch(Loop& loop, std::string component,
                         std::function<std::vector<crypto::InUse>()> in_use)
    : state_{std::make_shared<State>(loop, std::move(component), std::move(in_use))} {
    state_->look();
}

ExpiryWatch::~ExpiryWatch() { state_->stop(); }

void log_expiry(std::string_view component, const crypto::InUse& thing, std::chrono::sys_seconds now) {
    const auto text = crypto::describe(thing, now);
    if (crypto::urgency(thing, now) == crypto::Urgency::ended)
        log::error(component, "{}", text);
    else
        log::warning(component, "{}", text);
}

}  // namespace fedmsg::services
