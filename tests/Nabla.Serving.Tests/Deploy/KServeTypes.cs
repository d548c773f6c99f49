using k8s;
using k8s.Models;

namespace Nabla.Serving.Tests.Deploy;

/// <summary>The fields of KServe's custom resources that the manifests use (serving.kserve.io, v1alpha1 and v1beta1).</summary>
internal static class KServeTypes
{
    public static Dictionary<string, Type> All { get; } = new()
    {
        ["serving.kserve.io/v1alpha1/ServingRuntime"] = typeof(ServingRuntime),
        ["serving.kserve.io/v1beta1/InferenceService"] = typeof(InferenceService),
    };
}

public sealed class ServingRuntime : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = null!;

    public string Kind { get; set; } = null!;

    public V1ObjectMeta Metadata { get; set; } = null!;

    public ServingRuntimeSpec Spec { get; set; } = null!;
}

public sealed class ServingRuntimeSpec
{
    public Dictionary<string, string> Annotations { get; set; } = [];

    public List<SupportedModelFormat> SupportedModelFormats { get; set; } = [];

    public List<string> ProtocolVersions { get; set; } = [];

    public List<V1Container> Containers { get; set; } = [];
}

public sealed class SupportedModelFormat
{
    public string Name { get; set; } = null!;

    public string? Version { get; set; }

    public bool? AutoSelect { get; set; }

    public int? Priority { get; set; }
}

public sealed class InferenceService : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = null!;

    public string Kind { get; set; } = null!;

    public V1ObjectMeta Metadata { get; set; } = null!;

    public InferenceServiceSpec Spec { get; set; } = null!;
}

public sealed class InferenceServiceSpec
{
    public Predictor Predictor { get; set; } = null!;
}

public sealed class Predictor
{
    public int? MinReplicas { get; set; }

    public PredictorModel Model { get; set; } = null!;
}

public sealed class PredictorModel
{
    public ModelFormat ModelFormat { get; set; } = null!;

    public string Runtime { get; set; } = null!;

    public string ProtocolVersion { get; set; } = null!;

    public string StorageUri { get; set; } = null!;
}

public sealed class ModelFormat
{
    public string Name { get; set; } = null!;

    public string? Version { get; set; }
}
