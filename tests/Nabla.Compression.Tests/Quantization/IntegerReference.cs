namespace Nabla.Compression.Tests.Quantization;

/// <summary>Quantised layers in plain loops over integers.</summary>
internal static class IntegerReference
{
    /// <summary>Scale and zero point of the range of numbers.</summary>
    public static (float Scale, int ZeroPoint) RangeOf(IEnumerable<float> values)
    {
        float[] all = [.. values];
        (double low, double high) = (Math.Min(0, all.Min()), Math.Max(0, all.Max()));
        float scale = (float)((high - low) / 255);
        return (scale, (int)Math.Round(-low / scale));
    }

    public static int[] Quantize(IEnumerable<float> values, (float Scale, int ZeroPoint) range) =>
        [.. values.Select(value => Math.Clamp((int)Math.Round(value / range.Scale) + range.ZeroPoint, 0, 255))];

    /// <summary>The integers and scales of weights <c>[inputs, outputs]</c>, a scale for each output.</summary>
    public static (int[,] Values, float[] Scales) QuantizeWeights(float[] weights, int outputs, int largest)
    {
        int inputs = weights.Length / outputs;
        int[,] values = new int[inputs, outputs];
        float[] scales = new float[outputs];
        for (int output = 0; output < outputs; output++)
        {
            float most = Enumerable.Range(0, inputs).Max(input => Math.Abs(weights[(input * outputs) + output]));
            scales[output] = most / largest;
            for (int input = 0; input < inputs; input++)
            {
                values[input, output] = (int)Math.Round(weights[(input * outputs) + output] / scales[output]);
            }
        }

        return (values, scales);
    }

    /// <summary>The products of rows of bytes with weights, as floats.</summary>
    public static float[] Dense(int[] rows, (float Scale, int ZeroPoint) range, int[,] weights, float[] scales, float[] bias, bool rectifies)
    {
        (int inputs, int outputs) = (weights.GetLength(0), weights.GetLength(1));
        float[] results = new float[rows.Length / inputs * outputs];
        for (int index = 0; index < results.Length; index++)
        {
            (int row, int output) = Math.DivRem(index, outputs);
            int sum = 0;
            for (int input = 0; input < inputs; input++)
            {
                sum += (rows[(row * inputs) + input] - range.ZeroPoint) * weights[input, output];
            }

            double value = ((double)sum * range.Scale * scales[output]) + bias[output];
            results[index] = (float)(rectifies ? Math.Max(0, value) : value);
        }

        return results;
    }

    /// <summary>Windows of images <c>[batch, height, width, channels]</c>, padded with the zero point, a row each.</summary>
    public static int[] Windows(int[] images, Shape shape, int size, int padding, int zeroPoint)
    {
        List<int> rows = [];
        for (int image = 0; image < shape[0]; image++)
        {
            for (int y = -padding; y + size <= shape[1] + padding; y++)
            {
                for (int x = -padding; x + size <= shape[2] + padding; x++)
                {
                    rows.AddRange(from dy in Enumerable.Range(y, size)
                                  from dx in Enumerable.Range(x, size)
                                  from channel in Enumerable.Range(0, shape[3])
                                  select dy < 0 || dx < 0 || dy >= shape[1] || dx >= shape[2]
                                    ? zeroPoint
                                    : images[(((((image * shape[1]) + dy) * shape[2]) + dx) * shape[3]) + channel]);
                }
            }
        }

        return [.. rows];
    }
}
