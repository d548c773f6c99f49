using Nabla.Serving.Audit;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Inference;

/// <summary>What is asked of a model, whatever protocol it came by.</summary>
internal sealed record InferenceRequest
{
    /// <summary>The priority of a request that names none; 1 comes first.</summary>
    public const int UsualPriority = 5;

    /// <summary>The last of the priorities.</summary>
    public const int LastPriority = 9;

    /// <summary>Which model.</summary>
    public required ModelAddress Model { get; init; }

    /// <summary>What the caller calls the request; the answer says it again.</summary>
    public string? Id { get; init; }

    /// <summary>What goes in.</summary>
    public required IReadOnlyList<WireTensor> Inputs { get; init; }

    /// <summary>What is to come out; empty for all outputs.</summary>
    public IReadOnlyList<RequestedOutput> Outputs { get; init; } = [];

    /// <summary>From 1, which comes first, to <see cref="LastPriority"/>.</summary>
    public int Priority { get; init; } = UsualPriority;

    /// <summary>How long the caller waits at most; null for as long as the server lets it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Where it is noted for the audit log; null where it is not.</summary>
    public AuditEntry? Audit { get; init; }

    /// <summary>What counts and logs call the protocol.</summary>
    public string Protocol { get; init; } = "none";
}

/// <summary>A model, and which version of it: a number, a label, or neither, when its traffic rules choose.</summary>
internal readonly record struct ModelAddress(string Name, int? Version = null, string? Label = null);

/// <summary>An output that was asked for.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Classes">How many of the best classes it is to be turned into; 0 for the numbers themselves.</param>
internal readonly record struct RequestedOutput(string Name, int Classes = 0);

/// <summary>What a model answered.</summary>
/// <param name="ModelName">Which model.</param>
/// <param name="ModelVersion">Which version of it.</param>
/// <param name="Id">What the caller called the request.</param>
/// <param name="Outputs">What came out.</param>
internal sealed record InferenceResponse(string ModelName, int ModelVersion, string? Id, IReadOnlyList<WireTensor> Outputs);
