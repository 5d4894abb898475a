-- The tagger: users tag packages, vote on tags, rate packages, and say which they use.

local fedora = shared.fedora

local rule = {
    name = "fedoratagger",
    description = "Tags and ratings of packages",
    home = "https://apps.fedoraproject.org/tagger",
    docs = "https://github.com/fedora-infra/fedora-tagger",
    obj = "Tags and Packages",
    icon = "https://apps.fedoraproject.org/img/icons/tagger.png",
}

local sentences = {
    ["tag.create"] = '{who} added tag "{tag.tag}" to {package}',
    ["tag.update"] = '{who} {voted} "{tag.tag}" on {package}',
    ["rating.update"] = "{who} gave {package} a rating of {rating.rating}",
    ["usage.toggle"] = "{who} declared that they {use} {package}",
    ["user.rank.update"] = "{who}'s rank changed to {user.rank}",
}

-- nil: nobody who was logged in
local function user(msg)
    local it = get(msg, "msg.user") or get(msg, "msg.vote.user") or get(msg, "msg.rating.user")
    if truthy(it.anonymous) or it.username == "anonymous" then return nil end
    return it.username
end

-- Old messages have it in the vote only.
local function tag(msg)
    return get(msg, "msg.tag") or get(msg, "msg.vote.tag")
end

local function package(msg)
    if not tag(msg) then return get(msg, "msg.rating.package.name") or get(msg, "msg.package.name") end
    local it = tag(msg).package
    if kind(it) ~= "object" then return it end
    for name in pairs(it) do return name end  -- {"nethack": [all its tags]}
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, {
        who = user(msg) or "An anonymous user",
        tag = tag(msg),
        package = package(msg),
        voted = fedora.either(get(msg, "msg.vote.like"), "upvoted", "downvoted"),
        use = fedora.either(msg.msg.usage, "use", "no longer use"),
    }, msg.msg)
end

function rule.link(msg)
    return package(msg) and "https://apps.fedoraproject.org/tagger/" .. package(msg)
end

function rule.secondary_icon(msg)
    return user(msg) and avatar(user(msg))
end

function rule.usernames(msg)
    return { user(msg) }
end

function rule.packages(msg)
    return { package(msg) }
end

function rule.objects(msg)
    local objects = {}
    if package(msg) then table.insert(objects, "packages/" .. package(msg)) end
    if tag(msg) then table.insert(objects, "labels/" .. tag(msg).tag) end
    return objects
end

local of_many = {
    create = "{who} created new tags: {tags} on the packages: {packages}",
    update = "{who} voted on the tags: {tags} to the packages: {packages}",
}

local function event_on_tags(msg)
    return fedora.event(msg):match("^tag%.(.+)$")
end

rule.conglomerators = { {
    can_handle = function(msg)
        return of_many[event_on_tags(msg)] and user(msg)
    end,
    matches = function(a, b)
        return a.topic == b.topic and user(a) == user(b)
    end,
    merge = function(messages, subject, entry)
        local tags, packages = {}, {}
        for i, msg in ipairs(messages) do
            tags[i] = tag(msg).tag
            packages[i] = package(msg)
        end
        local function told(who)
            return fmt(of_many[event_on_tags(messages[1])],
                { who = who, tags = series(tags), packages = series(packages) })
        end
        entry.subtitle = told(user(messages[1]))
        entry.subjective = told(fedora.you(user(messages[1]), subject))
        -- No page shows them together: this is the link that such groups have always had.
        entry.link = "http://infrastructure.fedoraproject.org/infra/ansible.git/"
        return entry
    end,
} }

return rule
