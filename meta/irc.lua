-- Karma that zodbot counts in IRC channels: ralph++

local fedora = shared.fedora

local rule = {
    name = "irc",
    description = "Karma given in IRC channels",
    home = "https://fedoraproject.org/wiki/Zodbot",
    docs = "https://fedoraproject.org/wiki/Zodbot",
    obj = "Karma",
}

function rule.subtitle(msg)
    if fedora.event(msg) ~= "karma" then return nil end
    local sentence = msg.msg.vote < 0 and "{agent} took a karma cookie from {recipient}({total})"
        or "{agent} gave {recipient}({total}) a karma cookie"
    return fmt(sentence .. ' in {channel}.  "{line}"', msg.msg)
end

function rule.link(msg)
    return fmt("https://badges.fedoraproject.org/user/{msg.recipient}", msg)
end

function rule.icon(msg)
    return avatar(msg.msg.agent)
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.recipient)
end

function rule.usernames(msg)
    return { msg.msg.agent, msg.msg.recipient }
end

function rule.agent(msg)
    return msg.msg.agent
end

function rule.objects(msg)
    return { fmt("karma/{msg.recipient}", msg) }
end

return rule
