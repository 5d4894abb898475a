-- Zanata: translations of Fedora's software and documentation.

local fedora = shared.fedora

local rule = {
    name = "zanata",
    description = "Progress of translations at Zanata",
    home = "https://fedora.zanata.org",
    docs = "http://docs.zanata.org",
    obj = "Translations",
    icon = "https://pbs.twimg.com/profile_images/378800000417679469/47eb45c6205aa9f2cdb8705e6d46745c_normal.png",
}

local sentences = {
    ["document.milestone.event"] =
        "{docId} from the {project} project is now {milestone} in the '{locale}' locale",
    ["document.stats.event"] = "{docId} from the {project} project was worked on in the '{locale}' locale",
}

function rule.subtitle(msg)
    local body = msg.msg
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, { milestone = body.milestone and body.milestone:lower() }, body)
end

function rule.link(msg)
    return fmt("{home}/iteration/view/{project}/{version}/languages/{locale}", { home = rule.home }, msg.msg)
end

function rule.secondary_icon(msg)
    return rule.icon
end

function rule.objects(msg)
    return { fmt("{project}/{version}/languages/{locale}", msg.msg) }
end

return rule
