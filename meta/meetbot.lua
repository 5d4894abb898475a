-- Meetings on IRC, of which zodbot takes the minutes.

local fedora = shared.fedora

local rule = {
    name = "meetbot",
    description = "Meetings on IRC",
    home = "https://meetbot.fedoraproject.org/",
    docs = "https://fedoraproject.org/wiki/Zodbot",
    obj = "Attendees, Channels, Titles and Topics",
    icon = "https://apps.fedoraproject.org/img/icons/meetbot.png",
}

-- With a title, and without.
local sentences = {
    ["meeting.start"] = {
        '{owner} started meeting "{meeting_topic}" in {channel}',
        "{owner} started a meeting in {channel}",
    },
    ["meeting.topic.update"] = {
        'The topic of {owner}\'s "{meeting_topic}" meeting changed to "{topic}" in {channel}',
        'The topic of {owner}\'s meeting changed to "{topic}" in {channel}',
    },
    ["meeting.complete"] = {
        '{owner}\'s meeting titled "{meeting_topic}" ended in {channel}',
        "{owner}'s meeting ended in {channel}",
    },
}

-- What people write down with #help, #link, …
local items = {
    accepted = "recorded an acceptance",
    action = "recorded an action item",
    agreed = "recorded an agreement",
    help = "called for help",
    idea = "had an idea",
    info = "shared some information",
    link = "linked to more information",
    rejected = "recorded a rejection",
}
for item, what in pairs(items) do
    sentences["meeting.item." .. item] = {
        "{nick} " .. what .. ' in the "{meeting_topic}" meeting in {channel}: "{details.line}"',
        "{nick} " .. what .. ' in the meeting in {channel}: "{details.line}"',
    }
end

-- Who wrote the line that the message is about.
local function nick(msg)
    return fas(fedora.first(get(msg, "msg.details.nick"), msg.msg.owner))
end

local function attendees(msg)
    local names = {}
    for name in pairs(msg.msg.attendees) do
        if name ~= "zodbot" then table.insert(names, fas(name)) end
    end
    return names
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(truthy(msg.msg.meeting_topic) and sentence[1] or sentence[2],
        { owner = fas(msg.msg.owner), nick = nick(msg) }, msg.msg)
end

-- The minutes, once they are there, and what people link to.
function rule.link(msg)
    if fedora.event(msg) == "meeting.complete" then return re.sub(msg.msg.url, "^http:", "https:") .. ".html" end
    if fedora.event(msg) == "meeting.item.link" then return re.match(msg.msg.details.line, "https?://\\S+") end
end

function rule.secondary_icon(msg)
    return avatar(nick(msg))
end

function rule.usernames(msg)
    return attendees(msg)
end

function rule.agent(msg)
    return nick(msg)
end

function rule.objects(msg)
    local objects = { "channels/" .. msg.msg.channel }
    for _, name in ipairs(attendees(msg)) do table.insert(objects, "attendees/" .. name) end
    if truthy(msg.msg.meeting_topic) then table.insert(objects, "titles/" .. msg.msg.meeting_topic) end
    if truthy(msg.msg.topic) then table.insert(objects, "topics/" .. msg.msg.topic) end
    return objects
end

local function told(messages, subject)
    local names = {}
    for _, msg in ipairs(messages) do
        for name in pairs(msg.msg.attendees) do table.insert(names, fas(name)) end
    end
    local meeting = messages[1].msg
    return fmt("{who} participated in {title} in {channel}", meeting, {
        who = fedora.series(names, subject),
        title = fedora.first(meeting.meeting_topic, "a meeting"),
    })
end

rule.conglomerators = { {
    can_handle = function() return true end,
    matches = function(a, b)
        return a.msg.url == b.msg.url
    end,
    merge = function(messages, subject, entry)
        entry.subtitle = told(messages)
        entry.subjective = told(messages, subject)
        entry.link = messages[1].msg.url
        entry.secondary_icon = avatar(fas(messages[1].msg.owner))
        return entry
    end,
} }

return rule
