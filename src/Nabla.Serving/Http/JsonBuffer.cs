using System.Buffers;
using System.Text.Json;

namespace Nabla.Serving.Http;

/// <summary>A writer of JSON with its memory, which a thread keeps for its next answer: to be taken, read and given back before anything is waited for.</summary>
internal sealed class JsonBuffer : IDisposable
{
    private const int FirstSize = 1024;
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static JsonBuffer? t_free;

    private readonly ArrayBufferWriter<byte> bytes = new(FirstSize);

    private JsonBuffer() => Writer = new Utf8JsonWriter(bytes, JsonAnswer.Options);

    /// <summary>Where the text is written.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            Writer.Flush();
            return bytes.WrittenSpan;
        }
    }

    /// <summary>An empty one.</summary>
    public static JsonBuffer Take()
    {
        JsonBuffer buffer = t_free ?? new JsonBuffer();
        t_free = null;
        return buffer;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        Writer.Reset();
        bytes.ResetWrittenCount();
        t_free = bytes.Capacity <= LargestKept ? this : null;
    }
}
