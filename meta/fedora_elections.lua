-- Elections to the project's boards and committees.

local fedora = shared.fedora

local rule = {
    name = "fedora_elections",
    description = "Elections to boards and committees",
    home = "https://admin.fedoraproject.org/voting/",
    docs = "https://fedoraproject.org/wiki/Elections",
    obj = "Elections and Candidates",
}

local sentences = {
    ["election.new"] = '{agent} created election "{election.shortdesc}"',
    ["election.edit"] = '{agent} edited election "{election.shortdesc}"',
    ["election.delete"] = '{agent} deleted election "{election.shortdesc}"',
    ["candidate.new"] = '{agent} added candidate "{candidate.name}" to election "{election.shortdesc}"',
    ["candidate.edit"] = '{agent} edited candidate "{candidate.name}" of election "{election.shortdesc}"',
    ["candidate.delete"] = '{agent} deleted candidate "{candidate.name}" of election "{election.shortdesc}"',
}

-- Some messages are the election.
local function election(msg)
    return get(msg, "msg.election") or msg.msg
end

local function agent(msg)
    return get(msg, "msg.agent") or election(msg).fas_user
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, { agent = agent(msg), election = election(msg) }, msg.msg)
end

function rule.link(msg)
    return "https://admin.fedoraproject.org/voting/about/" .. election(msg).alias
end

function rule.secondary_icon(msg)
    return avatar(agent(msg))
end

function rule.usernames(msg)
    return { agent(msg) }
end

-- council-nov14/candidate/new
function rule.objects(msg)
    return { election(msg).alias .. "/" .. fedora.event(msg):gsub("%.", "/") }
end

return rule
