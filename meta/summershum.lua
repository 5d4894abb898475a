-- Summershum: checksums of every file in the sources of packages.

local fedora = shared.fedora

local rule = {
    name = "summershum",
    description = "Sources whose files were counted and summed",
    home = "https://github.com/fedora-infra/summershum",
    docs = "https://github.com/fedora-infra/summershum",
    obj = "Checksums",
    icon = "https://raw.githubusercontent.com/fedora-infra/summershum/develop/summershum.png",
}

local sentences = {
    ["ingest.start"] = "summershum started working on {filename} for {name}",
    ["ingest.complete"] = "summershum ingested {filename} for {name}",
    ["ingest.fail"] = "yikes!  summershum failed to process {filename} for {name}",
}

-- The upload to the lookaside cache that it works on.
local function upload_of(msg)
    return msg.msg.original
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, upload_of(msg))
end

function rule.link(msg)
    return fmt("http://pkgs.fedoraproject.org/lookaside/pkgs/{name}/{filename}/{md5sum}/{filename}", upload_of(msg))
end

function rule.secondary_icon(msg)
    return avatar(upload_of(msg).agent)
end

function rule.usernames(msg)
    return { upload_of(msg).agent }
end

function rule.packages(msg)
    return { upload_of(msg).name }
end

function rule.objects(msg)
    return { fmt("digests/{name}/{filename}/{md5sum}", upload_of(msg)) }
end

return rule
