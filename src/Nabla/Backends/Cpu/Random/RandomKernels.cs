// The words for an element depend on its number alone, so any piece can be made by any thread. Words are made in a buffer that
// stays in the first-level cache and become numbers there.
using System.Runtime.CompilerServices;
using Nabla.Ops.Random;

namespace Nabla.Backends.Cpu.Random;

/// <summary>Computes random tensors.</summary>
internal static unsafe class RandomKernels
{
    private const int PieceGroups = 512;
    private const int GroupsTogether = 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<RandomUniform>((op, _, outputs) =>
        {
            if (op.Type.DataType == DataType.Float32)
            {
                Fill<float, UniformSingle>(op.Key, outputs[0], new UniformSingle(op.Low, op.High));
            }
            else
            {
                Fill<double, UniformDouble>(op.Key, outputs[0], new UniformDouble(op.Low, op.High));
            }
        });
        CpuBackend.Register<RandomNormal>((op, _, outputs) =>
        {
            if (op.Type.DataType == DataType.Float32)
            {
                Fill<float, NormalSingle>(op.Key, outputs[0], new NormalSingle(op.Mean, op.Deviation));
            }
            else
            {
                Fill<double, NormalDouble>(op.Key, outputs[0], new NormalDouble(op.Mean, op.Deviation));
            }
        });
        CpuBackend.Register<RandomTruncatedNormal>((op, _, outputs) =>
            Fill<float, TruncatedNormalSingle>(op.Key, outputs[0], new TruncatedNormalSingle(op.Mean, op.Deviation)));
        CpuBackend.Register<RandomBernoulli>((op, _, outputs) => Fill<float, BernoulliSingle>(op.Key, outputs[0], new BernoulliSingle(op.Probability)));
        CpuBackend.Register<RandomMask>((op, _, outputs) => MaskWords.Fill(op.Key, outputs[0], op.Share));
        CpuBackend.Register<RandomIntegers>((op, _, outputs) =>
        {
            switch (op.Type.DataType)
            {
                case DataType.Int32: Fill<int, IntegerDraw<int>>(op.Key, outputs[0], new IntegerDraw<int>(op.Low, op.High)); break;
                case DataType.Int64: Fill<long, IntegerDraw<long>>(op.Key, outputs[0], new IntegerDraw<long>(op.Low, op.High)); break;
                case DataType.Int8: Fill<sbyte, IntegerDraw<sbyte>>(op.Key, outputs[0], new IntegerDraw<sbyte>(op.Low, op.High)); break;
                default: Fill<byte, IntegerDraw<byte>>(op.Key, outputs[0], new IntegerDraw<byte>(op.Low, op.High)); break;
            }
        });
        CpuBackend.Register<RandomPermutation>((op, _, outputs) => Shuffle(op.Key, new Span<int>(outputs[0].Pointer<int>(), op.Count)));
    }

    private static void Fill<T, TDraw>(RandomKey key, Tensor output, TDraw draw)
        where T : unmanaged
        where TDraw : struct, IDraw<T>
    {
        int groupNumbers = PhiloxWords.Group / TDraw.WordsPerNumber;
        int groups = (int)(((long)output.ElementCount + groupNumbers - 1) / groupNumbers);
        WorkerPool.Run((groups + PieceGroups - 1) / PieceGroups, new Pieces<T, TDraw>(key.Value, draw, output.Pointer<T>(), output.ElementCount, groups));
    }

    // Inside out: each new number goes to a place drawn from all up to its own, and what stood there to the end.
    private static void Shuffle(RandomKey key, Span<int> order)
    {
        uint* words = stackalloc uint[PhiloxWords.Group];
        for (int index = 0; index < order.Length; index++)
        {
            int drawn = index % (PhiloxWords.Group / 2);
            if (drawn == 0)
            {
                PhiloxWords.Write(key.Value, (ulong)index * 2, words, PhiloxWords.Group);
            }

            int other = (int)Math.BigMul(((ulong*)words)[drawn], (ulong)index + 1, out _);
            order[index] = order[other];
            order[other] = index;
        }
    }

    private readonly struct Pieces<T, TDraw>(ulong key, TDraw draw, T* output, int count, int groups) : IPieceBody
        where T : unmanaged
        where TDraw : struct, IDraw<T>
    {
        public void Run(int piece)
        {
            uint* words = stackalloc uint[PhiloxWords.Group * GroupsTogether];
            int end = Math.Min(groups, (piece + 1) * PieceGroups);
            for (int group = piece * PieceGroups; group < end; group += GroupsTogether)
            {
                int together = Math.Min(GroupsTogether, end - group);
                PhiloxWords.Write(key, (ulong)group * PhiloxWords.Group, words, together * PhiloxWords.Group);
                for (int index = 0; index < together; index++)
                {
                    Draw(words + (index * PhiloxWords.Group), group + index);
                }
            }
        }

        private void Draw(uint* words, int group)
        {
            int groupNumbers = PhiloxWords.Group / TDraw.WordsPerNumber;
            int rest = Math.Min(groupNumbers, count - (group * groupNumbers));
            T* target = output + ((nint)group * groupNumbers);
            if (rest == groupNumbers)
            {
                draw.Draw(words, target);
                return;
            }

            T* numbers = stackalloc T[PhiloxWords.Group];
            draw.Draw(words, numbers);
            new ReadOnlySpan<T>(numbers, rest).CopyTo(new Span<T>(target, rest));
        }
    }
}
