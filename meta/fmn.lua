-- FMN, the notifications that users get of what they choose.

local fedora = shared.fedora

local rule = {
    name = "fmn",
    description = "The notifications that users choose",
    home = "https://apps.fedoraproject.org/notifications/",
    docs = "https://apps.fedoraproject.org/notifications/about",
    obj = "Notification Preferences",
    icon = "https://apps.fedoraproject.org/img/icons/fedmsg.png",
}

-- By event, or by event and what was changed.
local sentences = {
    ["filter.update"] = "{user} updated the {changed} on a fmn {msg.context} filter",
    ["rule.update"] = "{user} updated the {changed} on a fmn {msg.context} rule",
    ["preference.update"] = "{user} updated the {changed} of their fmn {msg.context} preferences",
    ["preference.update.enabled"] = "{user} toggled their flow of {msg.context} messages",
    ["confirmation.update"] = "the {changed} of one of {user}'s pending confirmations changed",
}

local function user(msg)
    return fedora.user_of_openid(msg.msg.openid)
end

function rule.subtitle(msg)
    local event = fedora.event(msg)
    local sentence = sentences[event .. "." .. msg.msg.changed] or sentences[event]
    return sentence and fmt(sentence, { user = user(msg), changed = msg.msg.changed:gsub("_", " ") }, msg)
end

function rule.link(msg)
    return rule.home
end

function rule.secondary_icon(msg)
    return avatar(user(msg))
end

function rule.usernames(msg)
    return { user(msg) }
end

function rule.objects(msg)
    local what = fedora.event(msg):match("^%w+")
    return { table.concat({ user(msg), msg.msg.context, what, msg.msg.changed }, "/") }
end

return rule
