namespace Nabla.Conformance.Onnx;

/// <summary>One of the official ONNX test cases: a model, and for some sets of inputs what must come out.</summary>
/// <param name="Set">The family, such as <c>node</c>.</param>
/// <param name="Name">The name, such as <c>test_relu</c>.</param>
/// <param name="Files">The files by their path within the case.</param>
internal sealed record OnnxCase(string Set, string Name, IReadOnlyDictionary<string, byte[]> Files)
{
    public byte[] Model => Files["model.onnx"];

    /// <summary>The folders of inputs and outputs.</summary>
    public IReadOnlyList<string> DataSets => [.. Files.Keys.Where(file => file.Contains('/')).Select(file => file.Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The messages of a data set, <c>input</c> or <c>output</c>, in order.</summary>
    public IReadOnlyList<byte[]> Messages(string dataSet, string kind)
    {
        List<byte[]> messages = [];
        while (Files.TryGetValue($"{dataSet}/{kind}_{messages.Count}.pb", out byte[]? message))
        {
            messages.Add(message);
        }

        return messages;
    }
}
