// Blocks of 32 weights with a scale d, and where the type says so a minimum m, both float16:
//   Q8_0: d, then 32 signed bytes q; the weight is d q
//   Q4_0: d, then 16 bytes; the low halves are the first 16 weights, the high halves the others: d (q - 8)
//   Q4_1: d, m, 16 bytes: d q + m
//   Q5_0: d, 4 bytes with the fifth bit of each weight, 16 bytes: d (q - 16)
//   Q5_1: d, m, 4 bytes, 16 bytes: d q + m
// Source: ggml's descriptions of its block types (ggml-common.h).
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nabla.Formats.Gguf;

/// <summary>Makes float32 tensors of quantised blocks.</summary>
internal static class GgufBlocks
{
    private const int Weights = 32;
    private const int HalfBlock = Weights / 2;
    private const int BlocksOfAChunk = 1024;

    private delegate void Decoder(ReadOnlySpan<byte> block, Span<float> weights);

    /// <summary>Reads a tensor.</summary>
    public static Tensor Read(FileInput input, GgufType type, GgufTensor tensor)
    {
        Decoder decode = type.Name switch
        {
            "Q8_0" => Q8Symmetric,
            "Q4_0" => Q4Symmetric,
            "Q4_1" => Q4Shifted,
            "Q5_0" => Q5Symmetric,
            _ => Q5Shifted,
        };
        input.Require(tensor.ByteCount, $"tensor '{tensor.Name}'");
        return Tensor.Create(new TensorType(DataType.Float32, tensor.Shape), target =>
        {
            Span<float> weights = MemoryMarshal.Cast<byte, float>(target);
            byte[] chunk = new byte[(int)Math.Min(tensor.ByteCount, (long)BlocksOfAChunk * type.BlockBytes)];
            while (weights.Length > 0)
            {
                int blocks = Math.Min(BlocksOfAChunk, weights.Length / Weights);
                input.Read(chunk.AsSpan(0, blocks * type.BlockBytes), $"tensor '{tensor.Name}'");
                for (int block = 0; block < blocks; block++)
                {
                    decode(chunk.AsSpan(block * type.BlockBytes, type.BlockBytes), weights[(block * Weights)..]);
                }

                weights = weights[(blocks * Weights)..];
            }
        });
    }

    private static void Q8Symmetric(ReadOnlySpan<byte> block, Span<float> weights)
    {
        float scale = Half16(block);
        for (int index = 0; index < Weights; index++)
        {
            weights[index] = scale * (sbyte)block[2 + index];
        }
    }

    private static void Q4Symmetric(ReadOnlySpan<byte> block, Span<float> weights) => Halves(block[2..], 0, Half16(block), 8, 0, weights);

    private static void Q4Shifted(ReadOnlySpan<byte> block, Span<float> weights) => Halves(block[4..], 0, Half16(block), 0, Half16(block[2..]), weights);

    private static void Q5Symmetric(ReadOnlySpan<byte> block, Span<float> weights) =>
        Halves(block[6..], BinaryPrimitives.ReadUInt32LittleEndian(block[2..]), Half16(block), 16, 0, weights);

    private static void Q5Shifted(ReadOnlySpan<byte> block, Span<float> weights) =>
        Halves(block[8..], BinaryPrimitives.ReadUInt32LittleEndian(block[4..]), Half16(block), 0, Half16(block[2..]), weights);

    // Bit i of fifthBits belongs to weight i.
    private static void Halves(ReadOnlySpan<byte> bytes, uint fifthBits, float scale, int zero, float minimum, Span<float> weights)
    {
        for (int index = 0; index < HalfBlock; index++)
        {
            int low = (bytes[index] & 0xF) | (int)(((fifthBits >> index) & 1) << 4);
            int high = (bytes[index] >> 4) | (int)(((fifthBits >> (index + HalfBlock)) & 1) << 4);
            weights[index] = (scale * (low - zero)) + minimum;
            weights[index + HalfBlock] = (scale * (high - zero)) + minimum;
        }
    }

    private static float Half16(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
