-- Messages that somebody typed, or a script sent: fedmsg logger.

local function who(msg)
    return msg.username
end

local rule = {
    name = "logger",
    description = "Messages sent by hand, or by scripts",
    home = "https://fedoraproject.org/wiki/Infrastructure",
    docs = "https://fedoraproject.org/wiki/Infrastructure",
    obj = "Log Messages",
}

function rule.subtitle(msg)
    if not msg.topic:match("%.logger%.log$") then
        return _("<unhandled log message>")
    end
    if has(msg, "msg.log") then
        return fmt("{msg.log} ({username})", msg)
    end
    return fmt(_("<custom JSON message> ({username})"), msg)
end

function rule.long_form(msg)
    if has(msg, "msg.log") then
        return rule.subtitle(msg)
    end
    -- Without its outer braces: what is left is indented by 4.
    local body = json.encode(msg.msg, 4):gsub("^{\n", ""):gsub("\n}$", "")
    return fmt(_("A custom JSON message was logged by {username}::"), msg) .. "\n\n" .. body
end

function rule.subjective(msg, subject)
    if has(msg, "msg.log") and subject == who(msg) then
        return fmt(_('you logged "{msg.log}"'), msg)
    end
    return rule.subtitle(msg)
end

function rule.usernames(msg)
    return { who(msg) }
end

function rule.agent(msg)
    return who(msg)
end

return rule
