using System.Net;
using k8s;
using k8s.Models;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Deploy;

/// <summary>The manifests fit Kubernetes' own types, and each other.</summary>
public sealed class KubernetesTests
{
    private static readonly List<object> Server = Read("deploy/kubernetes/nabla.yaml");
    private static readonly List<object> KServe = Read("deploy/kubernetes/kserve.yaml");

    private static V1Deployment Deployment => Assert.Single(Server.OfType<V1Deployment>());

    private static V1Container Container => Assert.Single(Deployment.Spec.Template.Spec.Containers);

    [Fact]
    public void An_unknown_field_is_refused() => Assert.ThrowsAny<Exception>(() => Parse("apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { portz: [] }\n"));

    [Fact]
    public void All_that_a_production_service_needs_is_there() => Assert.Equal(
        ["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PersistentVolumeClaim", "PodDisruptionBudget", "Service", "ServiceAccount"],
        Server.Cast<IKubernetesObject>().Select(item => item.Kind).Order(StringComparer.Ordinal));

    [Fact]
    public void What_selects_pods_selects_those_of_the_deployment()
    {
        IDictionary<string, string> labels = Deployment.Spec.Template.Metadata.Labels;
        Assert.Equal(labels, Deployment.Spec.Selector.MatchLabels);
        Assert.Equal(labels, Assert.Single(Server.OfType<V1Service>()).Spec.Selector);
        Assert.Equal(labels, Assert.Single(Server.OfType<V1PodDisruptionBudget>()).Spec.Selector.MatchLabels);
        Assert.Equal(labels, Assert.Single(Server.OfType<V1NetworkPolicy>()).Spec.PodSelector.MatchLabels);
        V2CrossVersionObjectReference target = Assert.Single(Server.OfType<V2HorizontalPodAutoscaler>()).Spec.ScaleTargetRef;
        Assert.Equal((Deployment.Kind, Deployment.Name()), (target.Kind, target.Name));
    }

    [Fact]
    public void Ports_have_one_name_everywhere()
    {
        string[] ports = [.. Container.Ports.Select(port => port.Name)];
        Assert.Equal(ports, Assert.Single(Server.OfType<V1Service>()).Spec.Ports.Select(port => port.TargetPort.Value));
        Assert.Subset(ports.ToHashSet(), Assert.Single(Server.OfType<V1NetworkPolicy>()).Spec.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value).ToHashSet());
        Assert.All(
            new[] { Container.StartupProbe, Container.ReadinessProbe, Container.LivenessProbe },
            probe => Assert.Contains(probe.HttpGet.Port.Value, ports));
    }

    [Fact]
    public async Task Probes_keep_a_pod_that_answers_for_one_model_though_another_cannot_be_loaded()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        Directory.CreateDirectory(host.PathOf("broken/1"));
        await host.Repository.RefreshAsync(_ => true, TestContext.Current.CancellationToken);
        Assert.True(host.Repository.Find("broken").IsMissing);
        foreach (V1Probe probe in new[] { Container.StartupProbe, Container.ReadinessProbe, Container.LivenessProbe })
        {
            Assert.Equal(HttpStatusCode.OK, (await host.Get(probe.HttpGet.Path)).Status);
        }
    }

    [Fact]
    public void Volumes_that_are_mounted_exist() => Assert.Equal(
        Deployment.Spec.Template.Spec.Volumes.Select(volume => volume.Name).Order(StringComparer.Ordinal),
        Container.VolumeMounts.Select(mount => mount.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_container_can_change_nothing_and_become_nobody()
    {
        Assert.True(Deployment.Spec.Template.Spec.SecurityContext.RunAsNonRoot);
        Assert.True(Container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(Container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], Container.SecurityContext.Capabilities.Drop);
        Assert.False(Deployment.Spec.Template.Spec.AutomountServiceAccountToken);
    }

    [Fact]
    public void The_configuration_is_one_that_the_server_reads_and_finishes_within_the_grace_period()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("serve.json");
        File.WriteAllText(path, Assert.Single(Server.OfType<V1ConfigMap>()).Data["serve.json"]);
        ServingOptions options = ServingConfiguration.Read(path);
        Assert.True(options.RequireManifest);
        Assert.Equal(Container.VolumeMounts.Single(mount => mount.Name == "keys").MountPath, Path.GetDirectoryName(options.Security.Keys));
        Assert.True(options.DrainTimeout.TotalSeconds < Deployment.Spec.Template.Spec.TerminationGracePeriodSeconds);
    }

    [Fact]
    public void KServe_gets_a_runtime_and_a_model_that_uses_it()
    {
        ServingRuntime runtime = Assert.Single(KServe.OfType<ServingRuntime>());
        InferenceService service = Assert.Single(KServe.OfType<InferenceService>());
        Assert.Equal(runtime.Metadata.Name, service.Spec.Predictor.Model.Runtime);
        Assert.Contains(service.Spec.Predictor.Model.ModelFormat.Name, runtime.Spec.SupportedModelFormats.Select(format => format.Name));
        Assert.Contains(service.Spec.Predictor.Model.ProtocolVersion, runtime.Spec.ProtocolVersions);
        Assert.Equal("kserve-container", Assert.Single(runtime.Spec.Containers).Name);
    }

    private static List<object> Read(string path) => Parse(File.ReadAllText(Nabla.Tests.Repository.PathOf(path)));

    private static List<object> Parse(string yaml) => KubernetesYaml.LoadAllFromString(yaml, KServeTypes.All, strict: true);
}
