using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>Writes a tensor for a person: nested brackets, the middle of long axes left out.</summary>
internal static class TensorPrinter
{
    private const int Edge = 3;
    private const int MostElements = 200;

    public static string Print(Tensor tensor)
    {
        StringBuilder text = new($"{tensor.DataType.Label} {tensor.Shape} ");
        bool shorten = tensor.ElementCount > MostElements;
        Func<int, string> format = Formatter(tensor);
        Write(text, tensor.Shape, format, axis: 0, offset: 0, shorten);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Shape shape, Func<int, string> format, int axis, int offset, bool shorten)
    {
        if (axis == shape.Rank)
        {
            text.Append(format(offset));
            return;
        }

        int size = shape[axis];
        int step = shape.Product(axis + 1, shape.Rank);
        string separator = axis == shape.Rank - 1 ? ", " : $",\n{new string(' ', axis + 1)}";
        text.Append('[');
        for (int index = 0; index < size; index++)
        {
            if (shorten && size > 2 * Edge && index == Edge)
            {
                text.Append("...").Append(separator);
                index = size - Edge;
            }

            Write(text, shape, format, axis + 1, offset + (index * step), shorten);
            text.Append(index < size - 1 ? separator : string.Empty);
        }

        text.Append(']');
    }

    private static Func<int, string> Formatter(Tensor tensor) => tensor.DataType switch
    {
        DataType.Float32 => Values<float>(tensor, value => value.ToString("G5", CultureInfo.InvariantCulture)),
        DataType.Float64 => Values<double>(tensor, value => value.ToString("G7", CultureInfo.InvariantCulture)),
        DataType.Int32 => Values<int>(tensor, value => value.ToString(CultureInfo.InvariantCulture)),
        DataType.Int64 => Values<long>(tensor, value => value.ToString(CultureInfo.InvariantCulture)),
        DataType.UInt8 => Values<byte>(tensor, value => value.ToString(CultureInfo.InvariantCulture)),
        DataType.Int8 => Values<sbyte>(tensor, value => value.ToString(CultureInfo.InvariantCulture)),
        _ => Values<bool>(tensor, value => value ? "true" : "false"),
    };

    private static Func<int, string> Values<T>(Tensor tensor, Func<T, string> format)
        where T : unmanaged => index => format(tensor.AsSpan<T>()[index]);
}
