-- Badges that are awarded to contributors, and their rank on the leaderboard.

local fedora = shared.fedora

local rule = {
    name = "fedbadges",
    description = "Badges for contributors",
    home = "https://badges.fedoraproject.org/",
    docs = "https://fedoraproject.org/wiki/Open_Badges",
    obj = "Badges",
}

local sentences = {
    ["badge.award"] = '{user} has been awarded the "{badge.name}" badge',
    ["person.rank.advance"] = "{user} moved to position {person.rank} on the badges leaderboard",
    ["person.login.first"] = "{user} logged in to badges.fedoraproject.org for the first time",
}

local function user(msg)
    return get(msg, "msg.user.username") or msg.msg.person.nickname
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, { user = user(msg) }, msg.msg)
end

function rule.long_form(msg)
    return get(msg, "msg.badge.description")
end

function rule.link(msg)
    return "https://badges.fedoraproject.org/user/" .. user(msg)
end

function rule.icon(msg)
    return fedora.first(get(msg, "msg.badge.image_url"), "https://apps.fedoraproject.org/img/icons/badges.png")
end

function rule.secondary_icon(msg)
    return avatar(user(msg))
end

function rule.usernames(msg)
    return { user(msg) }
end

-- "Is this thing on? (Updates Testing I)" is is-this-thing-on-updates-testing-i
function rule.objects(msg)
    if not has(msg, "msg.badge.name") then return nil end
    local id = msg.msg.badge.name:lower():gsub(" ", "-"):gsub("[\"'()*&?]", "")
    return { id }
end

return rule
