// A piece is some steps of the sequence. The sines and cosines of a step are computed once, in double precision, and serve all samples and heads. Both
// elements of a pair are read before either is written, so the result may lie over the input.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Attentions;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Turns pairs of elements by angles that grow along the sequence.</summary>
internal static unsafe class RotaryKernel
{
    private const int PieceElements = 1 << 13;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<Rotary>((op, inputs, outputs) =>
        ElementTypes.Floating(outputs[0].DataType, new Body(op, inputs[0], outputs[0])));

    private readonly struct Body(Rotary op, Tensor input, Tensor output) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            if (input.ElementCount == 0)
            {
                return;
            }

            int time = input.Shape[1];
            int steps = Math.Max(1, PieceElements / (input.ElementCount / time));
            double* frequencies = Frequencies(op, input.Shape[3] / 2);
            WorkerPool.Run((time + steps - 1) / steps, new Steps<T>(op, input, output.Pointer<T>(), frequencies, steps));
        }

        private static double* Frequencies(Rotary op, int half)
        {
            double* frequencies = Scratch.Get<double>(ScratchUse.Frequencies, half);
            for (int index = 0; index < half; index++)
            {
                double frequency = op.Frequency(index, half);
                frequencies[index] = op.Back ? -frequency : frequency;
            }

            return frequencies;
        }
    }

    private readonly struct Steps<T>(Rotary op, Tensor input, T* target, double* frequencies, int steps) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly int start = op.Start;
        private readonly T* source = input.Pointer<T>();
        private readonly int batch = input.Shape[0];
        private readonly int time = input.Shape[1];
        private readonly int heads = input.Shape[2];
        private readonly int half = input.Shape[3] / 2;

        public void Run(int piece)
        {
            T* cosines = Scratch.Get<T>(ScratchUse.Angles, 2 * half);
            int end = Math.Min(time, (piece + 1) * steps);
            for (int step = piece * steps; step < end; step++)
            {
                Angles(step, cosines, cosines + half);
                for (int sample = 0; sample < batch; sample++)
                {
                    nint at = (((nint)sample * time) + step) * heads * 2 * half;
                    for (int head = 0; head < heads; head++, at += 2 * half)
                    {
                        Turn(source + at, cosines, cosines + half, target + at);
                    }
                }
            }
        }

        private void Angles(int step, T* cosines, T* sines)
        {
            double place = (double)start + step;
            for (int index = 0; index < half; index++)
            {
                (double sine, double cosine) = Math.SinCos(place * frequencies[index]);
                (cosines[index], sines[index]) = (T.CreateTruncating(cosine), T.CreateTruncating(sine));
            }
        }

        private void Turn(T* from, T* cosines, T* sines, T* to)
        {
            int index = 0;
            for (; index <= half - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                (Vector512<T> first, Vector512<T> second) = (Vector512.Load(from + index), Vector512.Load(from + half + index));
                (Vector512<T> cosine, Vector512<T> sine) = (Vector512.Load(cosines + index), Vector512.Load(sines + index));
                ((first * cosine) - (second * sine)).Store(to + index);
                ((second * cosine) + (first * sine)).Store(to + half + index);
            }

            for (; index < half; index++)
            {
                (T first, T second) = (from[index], from[half + index]);
                to[index] = (first * cosines[index]) - (second * sines[index]);
                to[half + index] = (second * cosines[index]) + (first * sines[index]);
            }
        }
    }
}
