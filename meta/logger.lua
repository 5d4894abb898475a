-- Messages that somebody typed, or a script sent: fedmsg logger.

local rule = {
    name = "logger",
    description = "Messages sent by hand, or by scripts",
    home = "https://fedoraproject.org/wiki/Infrastructure",
    docs = "https://fedoraproject.org/wiki/Infrastructure",
    obj = "Log Messages",
}

-- A line of text was logged, or JSON of any shape.
local function has_text(msg)
    assert(kind(msg.msg) == "object", "there is no body")
    return has(msg, "msg.log")
end

local function who(msg)
    return { username = msg.username or "none" }
end

function rule.subtitle(msg)
    if not msg.topic:find("logger.log", 1, true) then
        return _("<unhandled log message>")
    elseif has_text(msg) then
        assert(kind(msg.msg.log) == "string", "log is no text")
        return msg.msg.log .. fmt(" ({username})", who(msg))
    end
    return fmt(_("<custom JSON message> ({username})"), who(msg))
end

function rule.long_form(msg)
    if has_text(msg) then
        return rule.subtitle(msg)
    end
    -- Without its outer braces: what is left is indented by 4.
    local body = json.encode({ msg = msg.msg }, 4):gsub("^{\n", ""):gsub("\n}$", "")
    return fmt(_("A custom JSON message was logged by {username}::"), who(msg)) .. "\n\n" .. body
end

-- Who has logged JSON knows what it is: null is not replaced by the subtitle, as nothing would be.
function rule.subjective(msg, subject)
    if subject ~= msg.username then
        return rule.subtitle(msg)
    end
    return has_text(msg) and fmt(_('you logged "{msg.log}"'), msg) or null
end

function rule.usernames(msg)
    return { msg.username }
end

return rule
