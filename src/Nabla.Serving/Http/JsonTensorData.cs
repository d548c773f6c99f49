using System.Buffers;
using System.Text.Json;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Http;

/// <summary>Reads the elements of a tensor from JSON: a flat array, or arrays within arrays as its shape says.</summary>
internal static class JsonTensorData
{
    private const int MostDimensions = 16;

    /// <summary>Reads the array that the reader stands on.</summary>
    /// <param name="reader">Stands on the array; afterwards on its end.</param>
    /// <param name="label">What errors call the tensor.</param>
    /// <param name="type">The type of its elements.</param>
    /// <returns>The elements, and the sizes of the arrays: a single one for a flat array.</returns>
    /// <exception cref="ServingException">An element is none of the type, or arrays of one depth differ in length.</exception>
    public static (ReadOnlyMemory<byte> Data, int[] Sizes) Read(ref Utf8JsonReader reader, string label, ElementType type)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw ServingException.Invalid($"{label} expects an array as its data but got {Show(ref reader)}.");
        }

        ArrayBufferWriter<byte> data = new();
        Nesting nesting = new(label);
        nesting.Open();
        while (nesting.Depth > 0 && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    nesting.Open();
                    break;
                case JsonTokenType.EndArray:
                    nesting.Close();
                    break;
                default:
                    nesting.Count();
                    if (!JsonElements.TryRead(ref reader, type, data))
                    {
                        throw ServingException.Invalid($"{label} expects elements of {type.Name} but element {nesting.Elements - 1} is {Show(ref reader)}.");
                    }

                    break;
            }
        }

        return (data.WrittenMemory, nesting.Sizes);
    }

    private static string Show(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Null => "null",
        JsonTokenType.String => "a text",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        _ => reader.ValueSpan.Length <= 32 ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : "a number of another type",
    };

    /// <summary>Sees that arrays within arrays make a block.</summary>
    private sealed class Nesting(string label)
    {
        private readonly int[] counts = new int[MostDimensions + 1];
        private readonly int[] sizes = [.. Enumerable.Repeat(-1, MostDimensions + 1)];
        private int leaf = -1;

        public int Depth { get; private set; }

        public int Elements { get; private set; }

        public int[] Sizes => sizes[1..(Math.Max(leaf, 1) + 1)];

        public void Open()
        {
            if (Depth == MostDimensions || Depth == leaf)
            {
                throw Ragged();
            }

            counts[Depth]++;
            Depth++;
            counts[Depth] = 0;
        }

        public void Count()
        {
            leaf = leaf < 0 ? Depth : leaf;
            if (Depth != leaf)
            {
                throw Ragged();
            }

            counts[Depth]++;
            Elements++;
        }

        public void Close()
        {
            if (sizes[Depth] >= 0 && sizes[Depth] != counts[Depth])
            {
                throw Ragged();
            }

            sizes[Depth] = counts[Depth];
            Depth--;
        }

        private ServingException Ragged() => ServingException.Invalid(
            $"{label} expects a flat array, or arrays within arrays that are of one length at each depth up to {MostDimensions}, but got others at element {Elements}.");
    }
}
