-- Autocloud, which tests images of the Cloud and Atomic editions.

local fedora = shared.fedora

local rule = {
    name = "autocloud",
    description = "Tests of cloud images",
    home = "https://github.com/kushaldas/autocloud",
    docs = "https://github.com/kushaldas/autocloud",
    obj = "Tests of Cloud Images",
    icon = "https://apps.fedoraproject.org/img/icons/fedimg.png",
}

local sentences = {
    ["compose.queued"] = "{compose} is queued for testing",
    ["compose.running"] = "{compose} tests have started running",
    ["compose.complete"] = "{compose} tests have completed",
    ["image.queued"] = "{image} is queued for testing",
    ["image.running"] = "The tests for {the}{image} have started running",
    ["image.success"] = "The tests for {the}{image} were a success",
    ["image.failed"] = "The tests for {the}{image} failed",
    ["image.aborted"] = "The tests for {the}{image} have been aborted",
}

local function image(msg)
    local text = msg.msg.image_name
    if truthy(msg.msg.release) then
        text = text .. " (" .. msg.msg.release .. ")"
    end
    if truthy(msg.msg.compose_id) then
        text = text .. "(" .. msg.msg.compose_id .. ")"
    end
    return text
end

function rule.subtitle(msg)
    local event = fedora.event(msg)
    return sentences[event] and fmt(sentences[event], {
        compose = fedora.first(msg.msg.id, msg.msg.compose_id, "A compose"),
        image = event:match("^image") and image(msg),
        the = truthy(msg.msg.release) and "the " or "",
    })
end

function rule.link(msg)
    local autocloud = "https://apps.fedoraproject.org/autocloud/"
    if truthy(msg.msg.compose_job_id) then
        return autocloud .. "jobs/" .. msg.msg.compose_job_id
    elseif truthy(msg.msg.job_id) then
        return autocloud .. "jobs/" .. msg.msg.job_id .. "/output"
    end
    return fedora.first(msg.msg.image_url, autocloud)
end

function rule.secondary_icon(msg)
    return rule.icon
end

function rule.objects(msg)
    return { "autocloud/" .. fedora.event(msg):match("^%w+") .. "/" .. msg.msg.status }
end

return rule
