-- Jenkins: builds and tests the software of Fedora's infrastructure.

local fedora = shared.fedora

local rule = {
    name = "jenkins",
    description = "Builds of the Jenkins of Fedora's infrastructure",
    home = "http://jenkins.cloud.fedoraproject.org/",
    docs = "http://fedoraproject.org/wiki/Jenkins@infra",
    obj = "Jenkins Builds",
    icon = "https://wiki.jenkins-ci.org/download/attachments/2916393/logo.png?version=1",
}

local sentences = {
    ["build.start"] = "Jenkins project '{project}' started building",
    ["build.passed"] = "Jenkins project '{project}' built successfully",
    ["build.unstable"] = "Jenkins project '{project}' built with warnings",
    ["build.failed"] = "Jenkins project '{project}' failed to build",
    ["build.aborted"] = "Jenkins project '{project}' build aborted",
    ["build.notbuilt"] = "Jenkins project '{project}' did not build",
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, msg.msg)
end

function rule.link(msg)
    return fmt("{home}job/{project}/{build}/", { home = rule.home }, msg.msg)
end

function rule.secondary_icon(msg)
    return ""
end

function rule.objects(msg)
    return { fmt("jenkins/{project}/{event}", { event = fedora.event(msg) }, msg.msg) }
end

return rule
