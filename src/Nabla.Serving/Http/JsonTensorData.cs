using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Http;

/// <summary>Reads the elements of a tensor from JSON: a flat array, or arrays within arrays as its shape says.</summary>
internal static class JsonTensorData
{
    private const int FirstSize = 4096;
    private const int Portion = 256;

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

        ArrayBufferWriter<byte> data = new(FirstSize);
        Nesting nesting = new(label);
        nesting.Open();
        while (nesting.Depth > 0 && reader.Read())
        {
            if (type == ElementType.Float32)
            {
                nesting.Count(ReadNumbers(ref reader, data));
            }

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

    // Numbers that stand side by side, which most arrays are from end to end; the reader goes on to what is none.
    private static int ReadNumbers(ref Utf8JsonReader reader, ArrayBufferWriter<byte> target)
    {
        int count = 0;
        bool isNumber = true;
        while (isNumber)
        {
            Span<float> room = MemoryMarshal.Cast<byte, float>(target.GetSpan(Portion * sizeof(float)));
            int taken = 0;
            while (taken < room.Length && (isNumber = reader.TokenType == JsonTokenType.Number && TryReadNumber(ref reader, out room[taken])))
            {
                taken++;
                reader.Read();
            }

            target.Advance(taken * sizeof(float));
            count += taken;
        }

        return count;
    }

    private static bool TryReadNumber(ref Utf8JsonReader reader, out float value)
    {
        if (reader.ValueSpan is [byte digit and >= (byte)'0' and <= (byte)'9'])
        {
            value = digit - '0';
            return true;
        }

        return reader.TryGetSingle(out value);
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
        private readonly int[] counts = new int[WireTensor.MostDimensions + 1];
        private readonly int[] sizes = [.. Enumerable.Repeat(-1, WireTensor.MostDimensions + 1)];
        private int leaf = -1;
        private int deepest;

        public int Depth { get; private set; }

        public int Elements { get; private set; }

        public int[] Sizes => sizes[1..(deepest + 1)];

        public void Open()
        {
            if (Depth == WireTensor.MostDimensions || Depth == leaf)
            {
                throw Ragged();
            }

            counts[Depth]++;
            Depth++;
            deepest = Math.Max(deepest, Depth);
            counts[Depth] = 0;
        }

        /// <summary>Counts elements that stand side by side.</summary>
        public void Count(int elements)
        {
            if (elements > 0)
            {
                Count();
                counts[Depth] += elements - 1;
                Elements += elements - 1;
            }
        }

        public void Count()
        {
            leaf = leaf < 0 ? Depth : leaf;
            if (Depth != leaf || deepest > leaf)
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
            $"{label} expects a flat array, or arrays within arrays that are of one length at each depth up to {WireTensor.MostDimensions}, but got others at element {Elements}.");
    }
}
