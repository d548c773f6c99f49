// A tile is 64 outputs, a line of the cache in each row of bytes. Of one row of x the integers of a group are turned to floats in registers and added up, 32
// outputs at a time; of several rows they are turned once a group into a block that stays in the first-level cache. Either way the sum of a group is one chain
// of fused multiply-adds, and the sum of the groups times their scales another: a row has the same bits alone and among others.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Nabla.Backends.Cpu.Indexing;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Products with weights in few bits, and their columns.</summary>
internal static unsafe class GroupedKernels
{
    private const int Tile = 64;
    private const int Half = 32;
    private const int Lanes = 8;
    private const int RowBlock = 32;
    private const int ColumnPiece = 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<GroupedProduct>((op, inputs, outputs) =>
        {
            Weights weights = new(op.Format, inputs[1], inputs[2]);
            int rows = outputs[0].Shape[0];
            int tiles = (weights.Outputs + Tile - 1) / Tile;
            WorkerPool.Run(tiles * ((rows + RowBlock - 1) / RowBlock), new ProductPieces(weights, inputs[0].Pointer<float>(), outputs[0].Pointer<float>(), rows, tiles));
        });
        CpuBackend.Register<GroupedColumns>((op, inputs, outputs) =>
        {
            Weights weights = new(op.Format, inputs[1], inputs[2]);
            int* indices = Indices.Checked(op, inputs[0], weights.Outputs);
            int count = inputs[0].ElementCount;
            WorkerPool.Run((count + ColumnPiece - 1) / ColumnPiece, new ColumnPieces(weights, indices, outputs[0].Pointer<float>(), count));
        });
        CpuBackend.Register<GroupedWhole>((op, inputs, outputs) =>
        {
            Weights weights = new(op.Format, inputs[0], inputs[1]);
            WorkerPool.Run(op.Format.Inputs, new WholePieces(weights, outputs[0].Pointer<float>()));
        });
    }

    // Eight bytes as integers.
    private static Vector256<int> Widen(byte* source)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int32(source);
        }

        Vector128<ushort> wide = Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsByte());
        return Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide)).AsInt32();
    }

    /// <summary>Weights: bytes, scales and their format. The shapes were checked against the format when the op was made.</summary>
    private readonly struct Weights(GroupedFormat format, Tensor packed, Tensor scales)
    {
        public readonly int Inputs = format.Inputs;
        public readonly int Group = format.Group;
        public readonly int Outputs = packed.Shape[1];
        private readonly bool halves = format.Bits == 4;
        private readonly int zero = format.Zero;
        private readonly byte* bytes = packed.Pointer<byte>();
        private readonly float* factors = scales.Pointer<float>();

        public float* Scales(int group, int output) => factors + ((nint)group * Outputs) + output;

        /// <summary>The integer of a weight, around zero.</summary>
        public int At(int input, int output)
        {
            byte held = *Place(input, output);
            return (halves ? (held >> Shift(input)) & 15 : held) - zero;
        }

        /// <summary>The integers of an input and eight outputs, around zero.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Eight(int input, int output)
        {
            Vector256<int> held = Widen(Place(input, output));
            Vector256<int> value = halves ? Vector256.ShiftRightLogical(held, Shift(input)) & Vector256.Create(15) : held;
            return Vector256.ConvertToSingle(value - Vector256.Create(zero));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private byte* Place(int input, int output) => bytes + ((nint)(halves ? input >> 1 : input) * Outputs) + output;

        private static int Shift(int input) => (input & 1) << 2;
    }

    private readonly struct ProductPieces(Weights weights, float* x, float* results, int rows, int tiles) : IPieceBody
    {
        public void Run(int piece)
        {
            (int block, int tile) = Math.DivRem(piece, tiles);
            (int first, int end) = (block * RowBlock, Math.Min(rows, (block + 1) * RowBlock));
            int output = tile * Tile;
            if (output + Tile > weights.Outputs)
            {
                Rest(first, end, output);
                return;
            }

            float* buffer = end - first > 1 ? Scratch.Get<float>(ScratchUse.GroupedWeights, (nint)weights.Group * Tile) : null;
            for (int input = 0; input < weights.Inputs; input += weights.Group)
            {
                int last = Math.Min(weights.Inputs, input + weights.Group);
                if (buffer != null)
                {
                    Unpack(input, last, output, buffer);
                }

                for (int row = first; row < end; row++)
                {
                    Add(row, input, last, output, buffer);
                    Add(row, input, last, output + Half, buffer == null ? null : buffer + Half);
                }
            }
        }

        private void Unpack(int input, int last, int output, float* buffer)
        {
            for (int k = input; k < last; k++, buffer += Tile)
            {
                for (int lane = 0; lane < Tile; lane += Lanes)
                {
                    weights.Eight(k, output + lane).Store(buffer + lane);
                }
            }
        }

        // The sum of a group for 32 outputs, times their scales, to what is there of the groups before.
        private void Add(int row, int input, int last, int output, float* buffer)
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            float* values = x + ((nint)row * weights.Inputs);
            for (int k = input; k < last; k++)
            {
                Vector256<float> value = Vector256.Create(values[k]);
                if (buffer == null)
                {
                    a = Vector256.FusedMultiplyAdd(value, weights.Eight(k, output), a);
                    b = Vector256.FusedMultiplyAdd(value, weights.Eight(k, output + Lanes), b);
                    c = Vector256.FusedMultiplyAdd(value, weights.Eight(k, output + (2 * Lanes)), c);
                    d = Vector256.FusedMultiplyAdd(value, weights.Eight(k, output + (3 * Lanes)), d);
                }
                else
                {
                    a = Vector256.FusedMultiplyAdd(value, Vector256.Load(buffer), a);
                    b = Vector256.FusedMultiplyAdd(value, Vector256.Load(buffer + Lanes), b);
                    c = Vector256.FusedMultiplyAdd(value, Vector256.Load(buffer + (2 * Lanes)), c);
                    d = Vector256.FusedMultiplyAdd(value, Vector256.Load(buffer + (3 * Lanes)), d);
                    buffer += Tile;
                }
            }

            float* scales = weights.Scales(input / weights.Group, output);
            float* result = results + ((nint)row * weights.Outputs) + output;
            Finish(a, scales, result, input);
            Finish(b, scales + Lanes, result + Lanes, input);
            Finish(c, scales + (2 * Lanes), result + (2 * Lanes), input);
            Finish(d, scales + (3 * Lanes), result + (3 * Lanes), input);
        }

        private static void Finish(Vector256<float> sum, float* scales, float* result, int input) =>
            Vector256.FusedMultiplyAdd(sum, Vector256.Load(scales), input == 0 ? default : Vector256.Load(result)).Store(result);

        private void Rest(int first, int end, int output)
        {
            for (int row = first; row < end; row++)
            {
                for (int column = output; column < weights.Outputs; column++)
                {
                    results[((nint)row * weights.Outputs) + column] = Sum(x + ((nint)row * weights.Inputs), column);
                }
            }
        }

        private float Sum(float* values, int column)
        {
            float total = 0;
            for (int input = 0; input < weights.Inputs; input += weights.Group)
            {
                float sum = 0;
                for (int k = input; k < Math.Min(weights.Inputs, input + weights.Group); k++)
                {
                    sum = MathF.FusedMultiplyAdd(values[k], weights.At(k, column), sum);
                }

                total = MathF.FusedMultiplyAdd(sum, *weights.Scales(input / weights.Group, column), total);
            }

            return total;
        }
    }

    private readonly struct ColumnPieces(Weights weights, int* indices, float* results, int count) : IPieceBody
    {
        public void Run(int piece)
        {
            for (int place = piece * ColumnPiece; place < Math.Min(count, (piece + 1) * ColumnPiece); place++)
            {
                float* result = results + ((nint)place * weights.Inputs);
                for (int input = 0; input < weights.Inputs; input++)
                {
                    result[input] = weights.At(input, indices[place]) * *weights.Scales(input / weights.Group, indices[place]);
                }
            }
        }
    }

    private readonly struct WholePieces(Weights weights, float* results) : IPieceBody
    {
        public void Run(int piece)
        {
            float* scales = weights.Scales(piece / weights.Group, 0);
            for (int output = 0; output < weights.Outputs; output++)
            {
                results[((nint)piece * weights.Outputs) + output] = weights.At(piece, output) * scales[output];
            }
        }
    }
}
