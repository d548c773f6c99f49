namespace Nabla.Client;

/// <summary>What a model is asked.</summary>
public sealed record ModelQuestion
{
    /// <summary>The inputs by name, the batch as the first dimension.</summary>
    public IDictionary<string, Tensor> Inputs { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>The names of the outputs that are wanted; empty for all.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Which version; null for the one that the server chooses.</summary>
    public string? Version { get; init; }

    /// <summary>What the answer is to say again; null for nothing.</summary>
    public string? Id { get; init; }

    /// <summary>From 1, which comes first in the server's queue, to 9; 0 is the usual one.</summary>
    public int Priority { get; init; }

    /// <summary>How long the server may take; null for as long as it lets requests wait.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The timeout in the protocol's unit; 0 for none.</summary>
    internal long TimeoutMicroseconds => (long)(Timeout?.TotalMicroseconds ?? 0);
}

/// <summary>What a model answered.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Id">What the question was called.</param>
/// <param name="Outputs">The outputs by name.</param>
public sealed record ModelAnswer(string Model, string Version, string? Id, IReadOnlyDictionary<string, Tensor> Outputs)
{
    /// <summary>The output of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Tensor this[string output] => Outputs[output];
}

/// <summary>What a model takes and gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Versions">The versions that can be asked for.</param>
/// <param name="Platform">What kind of model it is.</param>
/// <param name="Inputs">What goes in.</param>
/// <param name="Outputs">What comes out.</param>
public sealed record ModelInfo(string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorInfo> Inputs, IReadOnlyList<TensorInfo> Outputs);

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">The type of its elements as the protocol calls it, such as <c>FP32</c>.</param>
/// <param name="Shape">Its sizes; -1 where one is free.</param>
public sealed record TensorInfo(string Name, string Datatype, IReadOnlyList<long> Shape);

/// <summary>A server that refuses to answer.</summary>
/// <param name="message">What it says.</param>
/// <param name="reason">The reason for programs, such as <c>queue_full</c>, <c>not_found</c> or <c>invalid_request</c>; empty when the server gives none.</param>
/// <param name="innerException">What the transport said.</param>
public sealed class ModelServerException(string message, string reason, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The reason for programs.</summary>
    public string Reason => reason;
}
