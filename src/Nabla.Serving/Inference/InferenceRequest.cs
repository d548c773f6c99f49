using Nabla.Serving.Audit;
using Nabla.Serving.Repository;
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

    /// <summary>What goes in; empty where <see cref="Read"/> says it.</summary>
    public required IReadOnlyList<WireTensor> Inputs { get; init; }

    /// <summary>
    /// Completes the request for the version that it is dealt to, where the caller's words are read by what the version knows: its columns, their scales,
    /// its sizes. Null where all versions are asked the same.
    /// </summary>
    public Func<InferenceRequest, LoadedVersion, InferenceRequest>? Read { get; init; }

    /// <summary>What is to come out; empty for all outputs.</summary>
    public IReadOnlyList<RequestedOutput> Outputs { get; init; } = [];

    /// <summary>From 1, which comes first, to <see cref="LastPriority"/>.</summary>
    public int Priority { get; init; } = UsualPriority;

    /// <summary>How long the caller waits at most; null for as long as the server lets it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When it began to come, as a <see cref="TimeProvider"/> counts; null where it was there at once.</summary>
    public long? Arrived { get; init; }

    /// <summary>Where it is noted for the audit log; null where it is not.</summary>
    public AuditEntry? Audit { get; init; }

    /// <summary>What counts and logs call the protocol.</summary>
    public string Protocol { get; init; } = "none";

    /// <summary>The request as a version is asked it.</summary>
    /// <exception cref="ServingException">What the caller wrote does not fit the version.</exception>
    public InferenceRequest For(LoadedVersion version) => Read is { } read ? read(this, version) : this;
}

/// <summary>A model, and which version of it: a number, a label, or neither, when its traffic rules choose.</summary>
internal readonly record struct ModelAddress(string Name, int? Version = null, string? Label = null)
{
    /// <summary>The same for a look that is no request, so that none is dealt: the stable version where traffic rules would choose.</summary>
    public ModelAddress Undealt => Version is null && Label is null ? this with { Label = "stable" } : this;
}

/// <summary>An output that was asked for.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Classes">How many of the best classes it is to be turned into; 0 for the numbers themselves.</param>
internal readonly record struct RequestedOutput(string Name, int Classes = 0);

/// <summary>What a model answered.</summary>
/// <param name="Version">The version that answered, by which alone the answer can be read.</param>
/// <param name="Id">What the caller called the request.</param>
/// <param name="Outputs">What came out.</param>
internal sealed record InferenceResponse(LoadedVersion Version, string? Id, IReadOnlyList<WireTensor> Outputs);

/// <summary>What became of a request: one of both is there.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Refusal">Why there is none.</param>
internal readonly record struct InferenceOutcome(InferenceResponse? Response, ServingException? Refusal);
