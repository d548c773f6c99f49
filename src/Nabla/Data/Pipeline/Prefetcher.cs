using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Nabla.Data.Pipeline;

/// <summary>
/// A thread that enumerates a source into a queue of limited length. Disposing stops it and waits for its end, so that no user code runs any more.
/// </summary>
internal sealed class Prefetcher<T> : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly BlockingCollection<T> queue;
    private readonly Thread thread;
    private ExceptionDispatchInfo? failure;

    public Prefetcher(IEnumerable<T> source, int capacity)
    {
        queue = new BlockingCollection<T>(capacity);
        thread = new Thread(() => Run(source)) { IsBackground = true, Name = "Nabla prefetch" };
        thread.Start();
    }

    /// <summary>Waits for the next element.</summary>
    /// <returns>False at the end.</returns>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        if (queue.TryTake(out item, Timeout.Infinite))
        {
            return true;
        }

        failure?.Throw();
        return false;
    }

    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        queue.Dispose();
        stop.Dispose();
    }

    private void Run(IEnumerable<T> source)
    {
        try
        {
            foreach (T item in source)
            {
                queue.Add(item, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            failure = ExceptionDispatchInfo.Capture(error);
        }
        finally
        {
            queue.CompleteAdding();
        }
    }
}
