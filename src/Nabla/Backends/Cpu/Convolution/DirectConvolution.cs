// Convolution without im2col: the windows of an image are rows of a matrix product that overlap in memory, so the tile reads
// them in place by offsets. The gradient of the data is the same over the spread and padded cotangent with flipped weights;
// the gradient of the weights has the kernel's taps as rows and the pixels as steps, summed over fixed slices of the batch.
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>2-D convolution, channels last, and its gradients.</summary>
internal static unsafe class DirectConvolution
{
    private const int MostSlices = 16;

    /// <summary>The convolution of each image with the weights.</summary>
    public static void Forward<T>(in ConvolutionShape shape, T* input, T* weights, T* output)
        where T : unmanaged
    {
        Panels<T>[] panels = new Panels<T>[shape.Groups];
        int taps = shape.KernelHeight * shape.KernelWidth;
        for (int group = 0; group < shape.Groups; group++)
        {
            panels[group] = new Panels<T>(taps * shape.GroupInputs, shape.GroupOutputs);
            panels[group].Pack(weights + (group * shape.GroupOutputs), shape.Outputs, 1, 0, taps * shape.GroupInputs);
        }

        WorkerPool.Run(shape.Batch, new ForwardImage<T>(shape, input, panels, output, spread: null));
    }

    /// <summary>The gradient with respect to the images.</summary>
    public static void InputGradient<T>(in ConvolutionShape shape, T* cotangent, T* weights, T* gradient)
        where T : unmanaged
    {
        ConvolutionShape over = shape.OverCotangent();
        int taps = shape.KernelHeight * shape.KernelWidth;
        Panels<T>[] panels = new Panels<T>[shape.Groups];
        for (int group = 0; group < shape.Groups; group++)
        {
            panels[group] = new Panels<T>(taps * shape.GroupOutputs, shape.GroupInputs);
            for (int tap = 0; tap < taps; tap++)
            {
                T* source = weights + ((nint)(taps - 1 - tap) * shape.GroupInputs * shape.Outputs) + (group * shape.GroupOutputs);
                panels[group].Pack(source, 1, shape.Outputs, tap * shape.GroupOutputs, shape.GroupOutputs);
            }
        }

        WorkerPool.Run(shape.Batch, new ForwardImage<T>(over, cotangent, panels, gradient, spread: shape));
    }

    /// <summary>The gradient with respect to the weights.</summary>
    public static void WeightGradient<T>(in ConvolutionShape shape, T* input, T* cotangent, T* gradient)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        int slices = Math.Clamp(shape.Batch, 1, MostSlices);
        nint size = (nint)shape.KernelHeight * shape.KernelWidth * shape.GroupInputs * shape.Outputs;
        Storage partial = Storage.Allocate(size * slices * sizeof(T));
        T* sums = (T*)partial.Pointer;
        WorkerPool.Run(slices, new WeightSlice<T>(shape, input, cotangent, sums, size, slices));
        for (nint index = 0; index < size; index++)
        {
            T sum = sums[index];
            for (int slice = 1; slice < slices; slice++)
            {
                sum += sums[(slice * size) + index];
            }

            gradient[index] = sum;
        }

        GC.KeepAlive(partial);
    }

    /// <summary>The offset of each tap and channel of a window, in the order of the weights.</summary>
    private static void FillTaps(in ConvolutionShape shape, int* offsets)
    {
        int next = 0;
        for (int y = 0; y < shape.KernelHeight; y++)
        {
            for (int x = 0; x < shape.KernelWidth; x++)
            {
                int tap = ((y * shape.DilationY * shape.PaddedWidth) + (x * shape.DilationX)) * shape.Inputs;
                for (int channel = 0; channel < shape.GroupInputs; channel++)
                {
                    offsets[next++] = tap + channel;
                }
            }
        }
    }

    /// <summary>Where the window of a result begins in the padded image.</summary>
    private static int Window(in ConvolutionShape shape, int pixel)
    {
        (int y, int x) = Math.DivRem(pixel, shape.OutputWidth);
        return ((y * shape.StrideY * shape.PaddedWidth) + (x * shape.StrideX)) * shape.Inputs;
    }

    private static T* Pad<T>(in ConvolutionShape shape, T* image)
        where T : unmanaged => shape.IsPadded
            ? Place(image, shape.Height, shape.Width, shape.Inputs, 1, 1, shape.PadTop, shape.PadLeft, shape.PaddedHeight, shape.PaddedWidth)
            : image;

    /// <summary>Copies an image into zeros, its pixels some steps apart; what falls outside is left out.</summary>
    private static T* Place<T>(T* image, int height, int width, int channels, int stepY, int stepX, int top, int left, int placedHeight, int placedWidth)
        where T : unmanaged
    {
        nint size = (nint)placedHeight * placedWidth * channels;
        T* placed = Scratch.Get<T>(ScratchUse.PaddedImage, size);
        new Span<T>(placed, (int)size).Clear();
        for (int y = 0; y < height; y++)
        {
            int row = top + (y * stepY);
            for (int x = 0; row >= 0 && row < placedHeight && x < width; x++)
            {
                int column = left + (x * stepX);
                if (column >= 0 && column < placedWidth)
                {
                    T* from = image + (((nint)y * width) + x) * channels;
                    Unsafe.CopyBlockUnaligned(placed + (((nint)row * placedWidth) + column) * channels, from, (uint)(channels * sizeof(T)));
                }
            }
        }

        return placed;
    }

    private readonly struct ForwardImage<T>(ConvolutionShape shape, T* input, Panels<T>[] panels, T* output, ConvolutionShape? spread) : IPieceBody
        where T : unmanaged
    {
        public void Run(int image)
        {
            ConvolutionShape over = shape;
            T* padded = spread is { } source
                ? Place(
                    input + (image * source.ResultSize), source.OutputHeight, source.OutputWidth, source.Outputs, source.StrideY, source.StrideX,
                    source.ExtentY - 1 - source.PadTop, source.ExtentX - 1 - source.PadLeft, over.Height, over.Width)
                : Pad(over, input + (image * over.ImageSize));
            int pixels = over.OutputHeight * over.OutputWidth;
            int tapCount = over.KernelHeight * over.KernelWidth * over.GroupInputs;
            int* taps = Scratch.Get<int>(ScratchUse.Segments, tapCount);
            long* windows = Scratch.Get<long>(ScratchUse.PackedLeft, pixels);
            FillTaps(over, taps);
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                windows[pixel] = Window(over, pixel);
            }

            T* result = output + (image * over.ResultSize);
            for (int group = 0; group < over.Groups; group++)
            {
                OffsetProduct.Multiply(padded + (group * over.GroupInputs), windows, pixels, taps, panels[group], result + (group * over.GroupOutputs), over.Outputs);
            }
        }
    }

    private readonly struct WeightSlice<T>(ConvolutionShape shape, T* input, T* cotangent, T* sums, nint size, int slices) : IPieceBody
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        public void Run(int slice)
        {
            ConvolutionShape over = shape;
            int first = (int)((long)over.Batch * slice / slices);
            int end = (int)((long)over.Batch * (slice + 1) / slices);
            int pixels = over.OutputHeight * over.OutputWidth;
            int tapCount = over.KernelHeight * over.KernelWidth * over.GroupInputs;
            int* taps = Scratch.Get<int>(ScratchUse.Segments, tapCount + pixels);
            int* windows = taps + tapCount;
            long* rows = Scratch.Get<long>(ScratchUse.PackedLeft, tapCount);
            T* image = Scratch.Get<T>(ScratchUse.PartialSums, size);
            T* total = sums + (slice * size);
            FillTaps(over, taps);
            for (int row = 0; row < tapCount; row++)
            {
                rows[row] = taps[row];
            }

            for (int pixel = 0; pixel < pixels; pixel++)
            {
                windows[pixel] = Window(over, pixel);
            }

            new Span<T>(total, (int)size).Clear();
            Panels<T> panels = new(pixels, over.GroupOutputs);
            for (int sample = first; sample < end; sample++)
            {
                T* padded = Pad(over, input + (sample * over.ImageSize));
                for (int group = 0; group < over.Groups; group++)
                {
                    panels.Pack(cotangent + (sample * over.ResultSize) + (group * over.GroupOutputs), over.Outputs, 1, 0, pixels);
                    OffsetProduct.Multiply(padded + (group * over.GroupInputs), rows, tapCount, windows, panels, image + (group * over.GroupOutputs), over.Outputs);
                }

                for (nint index = 0; index < size; index++)
                {
                    total[index] += image[index];
                }
            }
        }
    }
}
