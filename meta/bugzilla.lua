-- Bug reports: filed, changed, commented on.

local fedora = shared.fedora

local rule = {
    name = "bugzilla",
    description = "Bug reports",
    home = "https://bugzilla.redhat.com",
    docs = "https://fedoraproject.org/wiki/Bugs_and_feature_requests",
    obj = "Bugs",
    icon = "https://apps.fedoraproject.org/img/icons/bugzilla.png",
}

local sentences = {
    new = "{who} filed a new bug RHBZ#{bug.id} '{summary}'",
    comment = "{who} commented on RHBZ#{bug.id} '{summary}'",
    attachment = "{who} attached a file to RHBZ#{bug.id} '{summary}'",
    fields = "{who} updated {fields} on RHBZ#{bug.id} '{summary}'",
    other = "{who} updated RHBZ#{bug.id} '{summary}'",
}

-- Old messages tell of new bugs under a topic of their own, later ones say what happened in the event.
local function what(msg)
    local routing_key, event = get(msg, "msg.event.routing_key"), fedora.event(msg)
    if event ~= "bug.new" and event ~= "bug.update" then return nil end
    if event == "bug.new" or routing_key == "bug.create" then return "new" end
    if truthy(get(msg, "msg.event.changes")) then return "fields" end
    if truthy(msg.msg.comment) or routing_key == "comment.create" then return "comment" end
    if routing_key == "attachment.create" then return "attachment" end
    return "other"
end

-- Names of old messages, objects of later ones: {"login": …}, {"name": …}
local function word(value, key)
    return kind(value) == "object" and value[key] or value
end

local function who(msg)
    return fas(fedora.first(get(msg, "msg.event.who"), get(msg, "msg.comment.author"), msg.msg.bug.creator))
end

local function fields(msg)
    local names, changes = {}, get(msg, "msg.event.changes")
    if not truthy(changes) then return nil end
    for i, change in ipairs(changes) do names[i] = "'" .. change.field_name .. "'" end
    return series(names)
end

local function component(msg)
    local it = msg.msg.bug.component
    return kind(it) == "list" and it[1] or word(it, "name")
end

function rule.subtitle(msg)
    local sentence = sentences[what(msg)]
    return sentence and fmt(sentence, {
        who = who(msg),
        fields = fields(msg),
        summary = truncate(msg.msg.bug.summary, 40, "..."),
    }, msg.msg)
end

function rule.long_form(msg)
    return get(msg, "msg.comment.text")
end

function rule.link(msg)
    return fmt("https://bugzilla.redhat.com/show_bug.cgi?id={msg.bug.id}", msg)
end

function rule.secondary_icon(msg)
    return fedora.picture(who(msg))
end

-- Who did it, who shall do something about it, and who wants to know.
function rule.usernames(msg)
    local names = { who(msg) }
    local function add(mail)
        if truthy(mail) then table.insert(names, fas(word(mail, "login"))) end
    end
    add(get(msg, "msg.comment.author"))
    add(get(msg, "msg.bug.assigned_to"))
    for _, mail in ipairs(msg.msg.bug.cc) do add(mail) end
    return fedora.users(names)
end

function rule.agent(msg)
    return who(msg)
end

-- Of a package that is to be: "Review Request: python-foo - A library"
function rule.packages(msg)
    if component(msg) == "Package Review" then
        return { (re.match(msg.msg.bug.summary, "Review Request:\\s*(\\S+)")) }
    end
    return { component(msg) }
end

function rule.objects(msg)
    return { fmt("{product}/{component}/{msg.bug.id}", msg,
        { product = word(msg.msg.bug.product, "name"), component = component(msg) }) }
end

return rule
