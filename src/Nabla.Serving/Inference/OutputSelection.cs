using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Nabla.Serving.Batching;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Inference;

/// <summary>Gives callers the outputs that they asked for, in their order; as numbers, or as the best classes with their labels.</summary>
internal static class OutputSelection
{
    /// <summary>Refuses outputs that the model does not have, before anything is computed.</summary>
    /// <exception cref="ServingException">An output is unknown, asked for twice, or has no classes.</exception>
    public static void Require(InferenceRequest request, LoadedVersion version)
    {
        HashSet<string>? met = request.Outputs.Count > 1 ? [] : null;
        foreach (RequestedOutput output in request.Outputs)
        {
            TensorSpec spec = version.Model.Outputs.FirstOrDefault(spec => spec.Name == output.Name) ?? throw ServingException.Invalid(
                $"Model '{version.Name}' has the outputs {string.Join(", ", version.Model.Outputs.Select(spec => $"'{spec.Name}'"))} but was asked for '{output.Name}'.");
            if (met?.Add(output.Name) == false)
            {
                throw ServingException.Invalid($"Output '{output.Name}' was asked for twice.");
            }

            if (output.Classes < 0 || (output.Classes > 0 && (spec.Type != DataType.Float32 || spec.Dimensions.Count == 0)))
            {
                throw ServingException.Invalid($"Output '{output.Name}' of {spec.ElementType.Name} {spec.Print()} has no {output.Classes} classes.");
            }
        }
    }

    /// <summary>The outputs for the caller.</summary>
    public static IReadOnlyList<WireTensor> Select(InferenceRequest request, LoadedVersion version, ComputedOutputs computed)
    {
        IReadOnlyList<TensorSpec> specs = version.Model.Outputs;
        WireTensor[] all = new WireTensor[specs.Count];
        for (int index = 0; index < all.Length; index++)
        {
            all[index] = new WireTensor(specs[index].Name, specs[index].ElementType, computed.Shapes[index], computed.Data[index]);
        }

        return request.Outputs.Count == 0
            ? all
            : [.. request.Outputs.Select(output => Turned(all.First(tensor => tensor.Name == output.Name), output.Classes, version))];
    }

    private static WireTensor Turned(WireTensor tensor, int classes, LoadedVersion version) =>
        classes == 0 ? tensor : Best(tensor, Math.Min(classes, tensor.Shape[^1]), version.Model.Saved?.Labels ?? []);

    // Each element is score:index, and :label where there are labels, as Triton's classification extension has it.
    private static WireTensor Best(WireTensor tensor, int classes, IReadOnlyList<string> labels)
    {
        ReadOnlySpan<float> scores = MemoryMarshal.Cast<byte, float>(tensor.Data.Span);
        ArrayBufferWriter<byte> data = new();
        for (int start = 0; start < scores.Length; start += tensor.Shape[^1])
        {
            float[] row = scores.Slice(start, tensor.Shape[^1]).ToArray();
            foreach (int index in Enumerable.Range(0, row.Length).OrderByDescending(index => row[index]).Take(classes))
            {
                string label = index < labels.Count ? $":{labels[index]}" : "";
                ByteElements.Write(data, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{row[index]}:{index}{label}")));
            }
        }

        return new WireTensor(tensor.Name, ElementType.Bytes, [.. tensor.Shape[..^1], classes], data.WrittenMemory);
    }
}
