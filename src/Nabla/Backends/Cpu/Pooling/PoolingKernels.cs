using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Pooling;

namespace Nabla.Backends.Cpu.Pooling;

/// <summary>Computes max-pooling and moves values between pixels; each image is a piece, channels are the lanes.</summary>
internal static unsafe class PoolingKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<MaxPooling>((op, inputs, outputs) =>
        {
            if (inputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(inputs[0].Shape[0], new MaxImage<float>(op, inputs[0], outputs[0], outputs[1]));
            }
            else
            {
                WorkerPool.Run(inputs[0].Shape[0], new MaxImage<double>(op, inputs[0], outputs[0], outputs[1]));
            }
        });
        CpuBackend.Register<PixelScatter>((_, inputs, outputs) =>
        {
            if (outputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(outputs[0].Shape[0], new ScatterImage<float>(inputs[0], inputs[1], outputs[0]));
            }
            else
            {
                WorkerPool.Run(outputs[0].Shape[0], new ScatterImage<double>(inputs[0], inputs[1], outputs[0]));
            }
        });
        CpuBackend.Register<PixelGather>((_, inputs, outputs) =>
        {
            if (outputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(outputs[0].Shape[0], new GatherImage<float>(inputs[0], inputs[1], outputs[0]));
            }
            else
            {
                WorkerPool.Run(outputs[0].Shape[0], new GatherImage<double>(inputs[0], inputs[1], outputs[0]));
            }
        });
    }

    private static nint ImageSize(Tensor images) => (nint)images.Shape[1] * images.Shape[2] * images.Shape[3];

    private readonly struct MaxImage<T>(MaxPooling op, Tensor images, Tensor largest, Tensor positions) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int image)
        {
            int width = images.Shape[2];
            int channels = images.Shape[3];
            T* source = images.Pointer<T>() + (image * ImageSize(images));
            T* target = largest.Pointer<T>() + (image * ImageSize(largest));
            int* at = positions.Pointer<int>() + (image * ImageSize(largest));
            for (int y = 0; y < largest.Shape[1]; y++)
            {
                for (int x = 0; x < largest.Shape[2]; x++, target += channels, at += channels)
                {
                    int corner = (y * op.Window.StrideY * width) + (x * op.Window.StrideX);
                    Window(source, corner, width, channels, target, at);
                }
            }
        }

        private void Window(T* source, int corner, int width, int channels, T* target, int* at)
        {
            int channel = 0;
            if (typeof(T) == typeof(float))
            {
                for (; channel <= channels - Vector512<float>.Count; channel += Vector512<float>.Count)
                {
                    Lanes((float*)source + channel, corner, width, channels, (float*)target + channel, at + channel);
                }
            }

            for (; channel < channels; channel++)
            {
                T best = source[((nint)corner * channels) + channel];
                int position = corner;
                for (int y = 0; y < op.Height; y++)
                {
                    for (int x = 0; x < op.Width; x++)
                    {
                        int pixel = corner + (y * width) + x;
                        T value = source[((nint)pixel * channels) + channel];
                        if (value > best || (T.IsNaN(value) && !T.IsNaN(best)))
                        {
                            (best, position) = (value, pixel);
                        }
                    }
                }

                (target[channel], at[channel]) = (best, position);
            }
        }

        private void Lanes(float* source, int corner, int width, int channels, float* target, int* at)
        {
            Vector512<float> best = Vector512.Load(source + ((nint)corner * channels));
            Vector512<int> position = Vector512.Create(corner);
            for (int y = 0; y < op.Height; y++)
            {
                for (int x = 0; x < op.Width; x++)
                {
                    int pixel = corner + (y * width) + x;
                    Vector512<float> value = Vector512.Load(source + ((nint)pixel * channels));
                    Vector512<float> better = Vector512.GreaterThan(value, best) | Vector512.AndNot(Vector512.IsNaN(value), Vector512.IsNaN(best));
                    best = Vector512.ConditionalSelect(better, value, best);
                    position = Vector512.ConditionalSelect(better.AsInt32(), Vector512.Create(pixel), position);
                }
            }

            best.Store(target);
            position.Store(at);
        }
    }

    private readonly struct ScatterImage<T>(Tensor values, Tensor positions, Tensor images) : IPieceBody
        where T : unmanaged, INumberBase<T>
    {
        public void Run(int image)
        {
            int channels = images.Shape[3];
            nint size = ImageSize(images);
            nint count = ImageSize(values);
            T* target = images.Pointer<T>() + (image * size);
            T* source = values.Pointer<T>() + (image * count);
            int* at = positions.Pointer<int>() + (image * count);
            new Span<T>(target, (int)size).Clear();
            for (nint pixel = 0; pixel < count; pixel += channels)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    target[((nint)at[pixel + channel] * channels) + channel] += source[pixel + channel];
                }
            }
        }
    }

    private readonly struct GatherImage<T>(Tensor images, Tensor positions, Tensor values) : IPieceBody
        where T : unmanaged
    {
        public void Run(int image)
        {
            int channels = images.Shape[3];
            nint count = ImageSize(values);
            T* source = images.Pointer<T>() + (image * ImageSize(images));
            T* target = values.Pointer<T>() + (image * count);
            int* at = positions.Pointer<int>() + (image * count);
            for (nint pixel = 0; pixel < count; pixel += channels)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    target[pixel + channel] = source[((nint)at[pixel + channel] * channels) + channel];
                }
            }
        }
    }
}
