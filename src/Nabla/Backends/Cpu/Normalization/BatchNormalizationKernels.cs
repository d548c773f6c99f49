// Forward: each slice of rows is read once for its means and, from the cache, once more for its squared differences from them; slices are merged
// in order (Chan et al., Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979), and one walk computes x * factor + shift.
// Backward: one walk sums dy and dy * (x - mean), one computes dx = a * dy + b * x + c; a rectifier behind is a comparison on the way. Slices follow from the shape alone.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Normalizations;

namespace Nabla.Backends.Cpu.Normalization;

/// <summary>Normalises channels over rows, forward and backward.</summary>
internal static unsafe class BatchNormalizationKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<BatchNormalization>((op, inputs, outputs) =>
            ElementTypes.Floating(outputs[0].DataType, new ForwardBody(op, inputs, outputs)));
        CpuBackend.Register<BatchNormalizationGradient>((op, inputs, outputs) =>
            ElementTypes.Floating(outputs[0].DataType, new BackwardBody(op.Epsilon, inputs, outputs)));
    }

    private readonly struct ForwardBody(BatchNormalization op, Tensor[] inputs, Tensor[] outputs) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            ChannelSlices<T> slices = new(inputs[0]);
            ChannelRows<T> rows = slices.Rows;
            T* partial = Scratch.Get<T>(ScratchUse.PartialSums, ((nint)slices.Count * 2 * rows.Channels) + (2 * rows.Width) + (2 * rows.Channels));
            T* factors = partial + ((nint)slices.Count * 2 * rows.Channels);
            WorkerPool.Run(slices.Count, new Statistics<T>(slices, inputs[0].Pointer<T>(), partial));
            Merge(slices, partial, outputs[1].Pointer<T>(), outputs[2].Pointer<T>());
            FactorAndShift(rows, factors);
            WorkerPool.Run(slices.Count, new Scaling<T>(slices, inputs[0].Pointer<T>(), factors, op.Relu ? T.Zero : T.NegativeInfinity, outputs[0].Pointer<T>()));
        }

        private static void Merge<T>(ChannelSlices<T> slices, T* partial, T* means, T* squares)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int channels = slices.Rows.Channels;
            new Span<T>(means, channels).Clear();
            new Span<T>(squares, channels).Clear();
            double count = 0;
            for (int slice = 0; slice < slices.Count; slice++)
            {
                double added = (double)slices.Elements(slice) / channels;
                T share = T.CreateTruncating(added / (count + added));
                T weight = T.CreateTruncating(count * added / (count + added));
                T* mean = partial + ((nint)slice * 2 * channels);
                for (int channel = 0; channel < channels; channel++)
                {
                    T difference = mean[channel] - means[channel];
                    means[channel] += difference * share;
                    squares[channel] += mean[channels + channel] + (difference * difference * weight);
                }

                count += added;
            }

            T perRow = T.CreateTruncating(1 / count);
            for (int channel = 0; channel < channels; channel++)
            {
                squares[channel] *= perRow;
            }
        }

        private void FactorAndShift<T>(ChannelRows<T> rows, T* factors)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            T* factor = factors + (2 * rows.Width);
            T* shift = factor + rows.Channels;
            T* scale = inputs[1].Pointer<T>();
            T* bias = inputs[2].Pointer<T>();
            T* mean = outputs[1].Pointer<T>();
            T* variance = outputs[2].Pointer<T>();
            for (int channel = 0; channel < rows.Channels; channel++)
            {
                factor[channel] = scale[channel] / T.Sqrt(variance[channel] + T.CreateTruncating(op.Epsilon));
                shift[channel] = bias[channel] - (mean[channel] * factor[channel]);
            }

            rows.Repeat(factor, factors);
            rows.Repeat(shift, factors + rows.Width);
        }
    }

    private readonly struct BackwardBody(double epsilon, Tensor[] inputs, Tensor[] outputs) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            ChannelSlices<T> slices = new(inputs[0]);
            ChannelRows<T> rows = slices.Rows;
            T* x = inputs[0].Pointer<T>();
            Cotangent<T> cotangent = new(inputs[4].Pointer<T>(), inputs.Length > 5 ? inputs[5].Pointer<T>() : null);
            nint sums = (nint)slices.Count * 2 * rows.Channels;
            T* partial = Scratch.Get<T>(ScratchUse.PartialSums, sums + (4 * rows.Width) + (3 * rows.Channels));
            T* wide = partial + sums;
            rows.Repeat(inputs[2].Pointer<T>(), wide);
            WorkerPool.Run(slices.Count, new GradientSums<T>(slices, x, cotangent, wide, partial));
            Sum(slices, partial, outputs[2].Pointer<T>(), outputs[1].Pointer<T>());
            Coefficients(slices, wide);
            WorkerPool.Run(slices.Count, new InputGradient<T>(slices, x, cotangent, wide, outputs[0].Pointer<T>()));
        }

        private static void Sum<T>(ChannelSlices<T> slices, T* partial, T* bias, T* slope)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int channels = slices.Rows.Channels;
            new Span<T>(bias, channels).Clear();
            new Span<T>(slope, channels).Clear();
            for (int slice = 0; slice < slices.Count; slice++)
            {
                T* sums = partial + ((nint)slice * 2 * channels);
                for (int channel = 0; channel < channels; channel++)
                {
                    bias[channel] += sums[channel];
                    slope[channel] += sums[channels + channel];
                }
            }
        }

        // dx = scale * inverse * (dy - bias / n - (x - mean) * inverse * slope / n), its terms in dy, in x and in neither.
        private void Coefficients<T>(ChannelSlices<T> slices, T* wide)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            ChannelRows<T> rows = slices.Rows;
            T* ofCotangent = wide + (4 * rows.Width);
            T* ofInput = ofCotangent + rows.Channels;
            T* rest = ofInput + rows.Channels;
            T perRow = T.CreateTruncating((double)rows.Channels / inputs[0].ElementCount);
            for (int channel = 0; channel < rows.Channels; channel++)
            {
                T inverse = T.One / T.Sqrt(inputs[3].Pointer<T>()[channel] + T.CreateTruncating(epsilon));
                T* slope = outputs[1].Pointer<T>() + channel;
                *slope *= inverse;
                ofCotangent[channel] = inputs[1].Pointer<T>()[channel] * inverse;
                ofInput[channel] = -ofCotangent[channel] * inverse * *slope * perRow;
                rest[channel] = -(ofCotangent[channel] * outputs[2].Pointer<T>()[channel] * perRow) - (ofInput[channel] * inputs[2].Pointer<T>()[channel]);
            }

            rows.Repeat(ofCotangent, wide + rows.Width);
            rows.Repeat(ofInput, wide + (2 * rows.Width));
            rows.Repeat(rest, wide + (3 * rows.Width));
        }
    }

    private readonly struct Statistics<T>(ChannelSlices<T> slices, T* x, T* partial) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            ChannelRows<T> rows = slices.Rows;
            T* source = x + slices.Start(piece);
            nint elements = slices.Elements(piece);
            T* target = partial + ((nint)piece * 2 * rows.Channels);
            T* sums = Scratch.Get<T>(ScratchUse.Tiles, 2 * rows.Width);
            T* mean = sums + rows.Width;
            new Span<T>(sums, rows.Width).Clear();
            rows.Walk(elements, new SumStep<T>(source, sums));
            rows.Fold(sums, target, T.CreateTruncating((double)rows.Channels / elements));
            rows.Repeat(target, mean);
            new Span<T>(sums, rows.Width).Clear();
            rows.Walk(elements, new SquareStep<T>(source, mean, sums));
            rows.Fold(sums, target + rows.Channels, T.One);
        }
    }

    private readonly struct Scaling<T>(ChannelSlices<T> slices, T* x, T* factors, T least, T* y) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece) => slices.Rows.Walk(
            slices.Elements(piece),
            new ScaleStep<T>(x + slices.Start(piece), factors, factors + slices.Rows.Width, least, y + slices.Start(piece)));
    }

    private readonly struct GradientSums<T>(ChannelSlices<T> slices, T* x, Cotangent<T> cotangent, T* mean, T* partial) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            ChannelRows<T> rows = slices.Rows;
            T* sums = Scratch.Get<T>(ScratchUse.Tiles, 2 * rows.Width);
            new Span<T>(sums, 2 * rows.Width).Clear();
            rows.Walk(
                slices.Elements(piece),
                new GradientSumStep<T>(x + slices.Start(piece), cotangent.From(slices.Start(piece)), mean, sums, sums + rows.Width));
            T* target = partial + ((nint)piece * 2 * rows.Channels);
            rows.Fold(sums, target, T.One);
            rows.Fold(sums + rows.Width, target + rows.Channels, T.One);
        }
    }

    private readonly struct InputGradient<T>(ChannelSlices<T> slices, T* x, Cotangent<T> cotangent, T* wide, T* result) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            nint start = slices.Start(piece);
            slices.Rows.Walk(
                slices.Elements(piece),
                new InputGradientStep<T>(x + start, cotangent.From(start), wide + slices.Rows.Width, slices.Rows.Width, result + start));
        }
    }
}
