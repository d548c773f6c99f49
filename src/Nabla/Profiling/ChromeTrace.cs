using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Nabla.Backends;

namespace Nabla.Profiling;

/// <summary>Writes a recording as JSON: an array of complete events ("ph": "X"), whose times are microseconds, and names of threads ("ph": "M").</summary>
internal static class ChromeTrace
{
    private const int Process = 1;

    public static string Write(Recording recording, long start)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("displayTimeUnit", "ns");
            writer.WriteStartArray("traceEvents");
            WriteThreads(writer, recording);
            foreach (KernelSpan span in recording.Kernels)
            {
                WriteEvent(writer, Profile.Name(span), span.Thread, span.Start - start, span.End - span.Start, Profile.Shapes(span));
            }

            foreach (HelpSpan span in recording.Help)
            {
                WriteEvent(writer, span.Op?.Name ?? "work", span.Thread, span.Start - start, span.End - span.Start, null);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteThreads(Utf8JsonWriter writer, Recording recording)
    {
        IEnumerable<(int Thread, string Name)> callers = recording.Kernels.Select(span => span.Thread).Distinct().Select(thread => (thread, $"thread {thread}"));
        IEnumerable<(int Thread, string Name)> workers = recording.Help.Select(span => span.Thread).Distinct().Select(thread => (thread, $"worker {thread}"));
        foreach ((int thread, string name) in callers.Concat(workers))
        {
            writer.WriteStartObject();
            writer.WriteString("ph", "M");
            writer.WriteString("name", "thread_name");
            writer.WriteNumber("pid", Process);
            writer.WriteNumber("tid", thread);
            writer.WriteStartObject("args");
            writer.WriteString("name", name);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void WriteEvent(Utf8JsonWriter writer, string name, int thread, long start, long length, string? shapes)
    {
        writer.WriteStartObject();
        writer.WriteString("ph", "X");
        writer.WriteString("name", name);
        writer.WriteNumber("pid", Process);
        writer.WriteNumber("tid", thread);
        writer.WriteNumber("ts", Microseconds(start));
        writer.WriteNumber("dur", Microseconds(length));
        if (shapes is not null)
        {
            writer.WriteStartObject("args");
            writer.WriteString("shapes", shapes);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static double Microseconds(long ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 3);
}
