-- Fedimg, which uploads images of the Cloud and Atomic editions to cloud providers.

local fedora = shared.fedora

local rule = {
    name = "fedimg",
    description = "Uploads of cloud images",
    home = "https://github.com/fedora-infra/fedimg",
    docs = "https://github.com/fedora-infra/fedimg",
    obj = "Cloud Images",
    icon = "https://apps.fedoraproject.org/img/icons/fedimg.png",
}

-- By event and, where there is one, status.
local sentences = {
    ["image.upload.started"] = "{msg.image_name} started uploading to {msg.destination}",
    ["image.upload.completed"] = "{msg.image_name} finished uploading to {msg.destination}",
    ["image.upload.failed"] = "{msg.image_name} failed to upload to {msg.destination}",
    ["image.test.started"] = "{msg.image_name} started testing on {msg.destination}",
    ["image.test.completed"] = "{msg.image_name} finished testing on {msg.destination}",
    ["image.test.failed"] = "{msg.image_name} failed testing on {msg.destination}",
    ["image.copy"] = "{msg.image_name} copied to {msg.destination} using source image, {msg.extra.source_image_id}",
    ["image.publish"] = "{msg.image_name} published in region, {msg.destination}",
}

function rule.subtitle(msg)
    local event = fedora.event(msg)
    if truthy(msg.msg.status) then
        event = event .. "." .. msg.msg.status
    end
    local sentence = sentences[event]
    if not sentence then return nil end
    if truthy(get(msg, "msg.extra.id")) then
        sentence = sentence .. " ({msg.extra.id}, {msg.extra.virt_type}, {msg.extra.vol_type})"
    end
    return fmt(sentence, msg)
end

function rule.link(msg)
    return msg.msg.image_url
end

function rule.objects(msg)
    return msg.msg.status and { fedora.event(msg):gsub("%.", "/") .. "/" .. msg.msg.status }
end

return rule
