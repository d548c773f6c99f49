using System.Text;

namespace Nabla.Client;

/// <summary>A tensor of the protocol's type BYTES: each element is a picture file, a text in UTF-8, or a row of a table in CSV.</summary>
/// <example><code>BytesTensor picture = BytesTensor.Of(File.ReadAllBytes("seven.png"));</code></example>
public sealed class BytesTensor
{
    /// <param name="elements">The elements, in row-major order.</param>
    /// <param name="shape">The sizes, the batch first.</param>
    /// <exception cref="ArgumentException">The sizes are not those of so many elements.</exception>
    public BytesTensor(IReadOnlyList<ReadOnlyMemory<byte>> elements, IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentNullException.ThrowIfNull(shape);
        long count = 1;
        foreach (int size in shape)
        {
            count = size < 0 ? -1 : checked(count * size);
            if (count < 0)
            {
                break;
            }
        }

        Elements = count == elements.Count
            ? elements
            : throw new ArgumentException($"A tensor of BYTES [{string.Join(", ", shape)}] expects as many elements as its sizes say but got {elements.Count}.", nameof(elements));
        Shape = shape;
    }

    /// <summary>The sizes, the batch first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements, in row-major order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Elements { get; }

    /// <summary>The elements as texts in UTF-8.</summary>
    public IReadOnlyList<string> Texts => [.. Elements.Select(element => Encoding.UTF8.GetString(element.Span))];

    /// <summary>A batch of files or texts, one in each row: [rows].</summary>
    public static BytesTensor Of(params IReadOnlyList<byte[]> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new BytesTensor([.. elements.Select(element => (ReadOnlyMemory<byte>)element)], [elements.Count]);
    }

    /// <summary>A batch of texts, one in each row: [rows].</summary>
    public static BytesTensor OfTexts(params IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new BytesTensor([.. texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))], [texts.Count]);
    }
}
