using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Grpc;

/// <summary>
/// Counts the message of a call among the bodies of all requests while the framework reads it. What comes in one piece of
/// <see cref="BodyBudget.LargestUncounted"/> bytes or less is not counted, so that a server without room still says how it is.
/// </summary>
/// <param name="body">The body of the call.</param>
/// <param name="share">What the call has of all bodies.</param>
/// <param name="refuse">Makes the error of a message that there is no room for.</param>
internal sealed class MessageReader(PipeReader body, BodyShare share, Func<ServingException, Exception> refuse) : PipeReader, IRequestBodyPipeFeature
{
    // What stands before a message says how long it is, and is no part of it.
    private const int PrefixLength = 5;

    private ReadOnlySequence<byte> piece;
    private long passed = -PrefixLength;
    private long left;

    /// <inheritdoc/>
    public PipeReader Reader => this;

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        // What was not taken is no whole message.
        Count(largestUncounted: 0);
        ReadResult read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
        Begin(read);
        return read;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool isThere = body.TryRead(out result);
        if (isThere)
        {
            Begin(result);
        }

        return isThere;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long rest = piece.Slice(consumed).Length;
        passed += left - rest;
        left = rest;
        piece = default;
        body.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => body.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private void Begin(ReadResult read)
    {
        piece = read.Buffer;
        left = piece.Length;
        try
        {
            Count(share.Bytes > 0 ? 0 : BodyBudget.LargestUncounted);
        }
        catch
        {
            AdvanceTo(piece.End);
            throw;
        }
    }

    private void Count(int largestUncounted)
    {
        if (left <= largestUncounted)
        {
            return;
        }

        try
        {
            share.GrowTo(passed + left);
        }
        catch (ServingException error)
        {
            throw refuse(error);
        }
    }
}
