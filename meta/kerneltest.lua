-- Kerneltest: results of the regression tests of kernels.

local fedora = shared.fedora

local rule = {
    name = "kerneltest",
    description = "Results of the tests of kernels",
    home = "https://apps.fedoraproject.org/kerneltest",
    docs = "https://fedoraproject.org/wiki/KernelTestingInitiative",
    obj = "Kernel Tests",
    icon = "https://apps.fedoraproject.org/img/icons/tux.png",
}

local sentences = {
    ["upload.new"] = "{agent} ran a test of {test.kernel_version} ({test.result})",
    ["release.new"] = "{agent} added a new release for kerneltest: {release.releasenum} {release.support}",
    ["release.edit"] = "{agent} edited the {release.releasenum}-{release.support} release for kerneltest",
    ["release.delete"] = "{agent} deleted the {release.releasenum}-{release.support} release for kerneltest",
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, msg.msg)
end

function rule.link(msg)
    if msg.msg.test then
        return fmt("{home}/kernel/{test.kernel_version}", { home = rule.home }, msg.msg)
    end
    return rule.home .. "/stats"
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.agent)
end

function rule.usernames(msg)
    return { msg.msg.agent }
end

function rule.packages(msg)
    return { "kernel" }
end

function rule.objects(msg)
    if msg.msg.test then return { fmt("kernel/{test.kernel_version}", msg.msg) } end
    return { fmt("release/{release.releasenum}/{release.support}", msg.msg) }
end

return rule
