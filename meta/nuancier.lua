-- Nuancier: elections of the supplementary wallpapers.

local fedora = shared.fedora

local rule = {
    name = "nuancier",
    description = "Elections of wallpapers",
    home = "https://apps.fedoraproject.org/nuancier/",
    docs = "https://fedoraproject.org/wiki/Nuancier",
    obj = "Wallpapers and Elections",
    icon = "https://apps.fedoraproject.org/img/icons/nuancier.png",
}

local submission = [[{candidate.submitter}'s "{candidate.name}" submission to the "{election.name}" wallpaper election]]

local sentences = {
    ["candidate.new"] = '{agent} uploaded a new candidate for the "{election.name}" wallpaper election',
    ["candidate.update"] = "{agent} updated " .. submission,
    ["candidate.approved"] = "{agent} approved " .. submission,
    ["candidate.denied"] = "{agent} denied " .. submission,
    ["candidate.deleted"] = "{agent} deleted " .. submission,
    ["election.new"] = '{agent} created a new election "{election.name}"',
    ["election.update"] = '{agent} changed the following details on the "{election.name}" election: {updated}',
    ["election.delete"] = '{agent} deleted the "{election.name}" election',
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    if not sentence then return nil end
    local updated = fedora.list(msg.msg.updated)
    return fmt(sentence, { updated = updated }, msg.msg)
end

function rule.link(msg)
    if has(msg, "msg.candidate") then return msg.msg.candidate.original_url end
    return fmt("https://apps.fedoraproject.org/nuancier/election/{msg.election.id}", msg)
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.agent)
end

function rule.usernames(msg)
    return { msg.msg.agent, get(msg, "msg.candidate.submitter") }
end

function rule.agent(msg)
    return msg.msg.agent
end

-- 2015/Fedora 22/Handsome/candidate/new
function rule.objects(msg)
    local what = fedora.event(msg):gsub("%.", "/")
    if has(msg, "msg.candidate") then what = msg.msg.candidate.name .. "/" .. what end
    return { fmt("{msg.election.year}/{msg.election.name}/{what}", msg, { what = what }) }
end

return rule
