using System.Collections.ObjectModel;

namespace Nabla.Client;

/// <summary>What a model is asked.</summary>
public sealed record ModelQuestion
{
    /// <summary>The inputs by name, the batch as the first dimension.</summary>
    public IDictionary<string, Tensor> Inputs { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>The inputs that are picture files, texts or rows of a table, where the model has saved how these become numbers.</summary>
    public IDictionary<string, BytesTensor> BytesInputs { get; init; } = new Dictionary<string, BytesTensor>();

    /// <summary>The names of the outputs that are wanted; where <see cref="Classes"/> is empty too, all are.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>The outputs that are wanted as their best classes, and how many of these, from 1: see <see cref="ModelAnswer.ClassesOf"/>.</summary>
    public IDictionary<string, int> Classes { get; init; } = new Dictionary<string, int>();

    /// <summary>Which version; null for the one that the server chooses.</summary>
    public string? Version { get; init; }

    /// <summary>What the answer is to say again; null for nothing.</summary>
    public string? Id { get; init; }

    /// <summary>From 1, which comes first in the server's queue, to 9; 0 is the usual one.</summary>
    public int Priority { get; init; }

    /// <summary>How long the server may take, over gRPC with all that is asked again; null for as long as it lets requests wait.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>All outputs that are wanted, each with the number of its classes, 0 for its numbers; none for all.</summary>
    internal IEnumerable<(string Name, int Classes)> Wanted => Outputs.Union(Classes.Keys).Select(name => (name, Classes.TryGetValue(name, out int classes) ? classes : 0));

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
    /// <summary>The outputs of bytes by name, such as texts; classes are among them.</summary>
    public IReadOnlyDictionary<string, BytesTensor> BytesOutputs { get; init; } = ReadOnlyDictionary<string, BytesTensor>.Empty;

    /// <summary>The best classes of an output that was asked for them, the best first, for each row.</summary>
    /// <param name="output">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name, or none with classes.</exception>
    /// <exception cref="ModelServerException">The server sent something else.</exception>
    public IReadOnlyList<IReadOnlyList<ClassScore>> ClassesOf(string output)
    {
        BytesTensor tensor = BytesOutputs[output];
        int classes = tensor.Shape.Count > 0 ? Math.Max(tensor.Shape[^1], 1) : 1;
        return [.. tensor.Texts.Select(ClassScore.Parse).Chunk(classes)];
    }

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

    /// <summary>When the server says that it is worth asking again; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
