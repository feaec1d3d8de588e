using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary><c>nodedns top</c>: a live view of the running server; one plain frame where there is no terminal.</summary>
internal sealed class TopCommand(ServerOptions options, TextWriter output, TextWriter errors)
{
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;
    private const int LeastWidth = 40;
    private const int LeastHeight = 10;
    private const int PlainHeight = 60;
    private const int PlainWidth = 120;
    private const int KeyPollMilliseconds = 50;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private TopSample? _before;
    private TopSample? _now;
    private long _beforeAt;
    private long _nowAt;
    private TopView _view;
    private bool _isPaused;
    private bool _isDone;

    public static int Run(ServerOptions options, TextWriter output, TextWriter errors)
    {
        TopCommand command = new(options, output, errors);
        bool hasTerminal = !Console.IsOutputRedirected && !Console.IsInputRedirected;
        return options.Once || !hasTerminal ? command.PrintOnce() : command.Watch();
    }

    /// <summary>Two looks a second apart, for what is per second, and one frame.</summary>
    private int PrintOnce()
    {
        if (!TryLook(out string error))
        {
            errors.WriteLine($"nodedns: {error}");
            return 1;
        }

        Thread.Sleep(s_interval);
        if (!TryLook(out error))
        {
            errors.WriteLine($"nodedns: {error}");
            return 1;
        }

        Frame(new TopScreen(PlainWidth, PlainHeight, hasColor: false)).ForEach(output.WriteLine);
        return 0;
    }

    private int Watch()
    {
        string error = "";
        Console.TreatControlCAsInput = true;
        using Stream terminal = Console.OpenStandardOutput();

        // The other screen, so that what was there before is there again afterwards; no cursor.
        Write(terminal, "\e[?1049h\e[?25l");
        try
        {
            while (!_isDone && (_isPaused || TryLook(out error)))
            {
                Draw(terminal);
                WaitForKeys(terminal);
            }
        }
        finally
        {
            Write(terminal, "\e[?25h\e[?1049l");
        }

        if (error.Length > 0)
        {
            errors.WriteLine($"nodedns: {error}");
        }

        return error.Length > 0 ? 1 : 0;
    }

    private bool TryLook(out string error)
    {
        const string Request = "top";
        bool asked = ControlClient.TryAsk(options.ControlSocket, Request, out string answer);
        if (asked && !answer.StartsWith(ControlServer.ErrorPrefix, StringComparison.Ordinal))
        {
            _before = _now;
            _beforeAt = _nowAt;
            _now = TopSample.Parse(answer);
            _nowAt = Stopwatch.GetTimestamp();
            error = "";
            return true;
        }

        error = asked ? ControlClient.Refusal(options.ControlSocket, Request, answer) : answer;
        return false;
    }

    private List<string> Frame(TopScreen screen)
    {
        TopSample before = _before ?? _now!;
        double seconds = _before is null ? s_interval.TotalSeconds : Stopwatch.GetElapsedTime(_beforeAt, _nowAt).TotalSeconds;
        return screen.Draw(_now!, before, Math.Max(seconds, 0.001), _view, _isPaused);
    }

    private void Draw(Stream terminal)
    {
        (int width, int height) = Size();
        StringBuilder frame = new("\e[H");
        List<string> lines = Frame(new TopScreen(width, height, hasColor: true));
        for (int i = 0; i < lines.Count; i++)
        {
            frame.Append(lines[i]).Append("\e[K").Append(i < lines.Count - 1 ? "\r\n" : "");
        }

        Write(terminal, frame.Append("\e[J").ToString());
    }

    /// <summary>Waits until the next look is due; a key that changes the picture is seen at once.</summary>
    private void WaitForKeys(Stream terminal)
    {
        long began = Stopwatch.GetTimestamp();
        while (!_isDone && Stopwatch.GetElapsedTime(began) < s_interval)
        {
            if (!Console.KeyAvailable)
            {
                Thread.Sleep(KeyPollMilliseconds);
                continue;
            }

            Take(Console.ReadKey(intercept: true));
            Draw(terminal);
        }
    }

    private void Take(ConsoleKeyInfo key)
    {
        switch (key.KeyChar)
        {
            case 'q' or 'Q' or '\x03':
                _isDone = true;
                break;
            case ' ' or 'p':
                _isPaused = !_isPaused;
                break;
            case 'n':
                _view = TopView.Names;
                break;
            case 'c':
                _view = TopView.Clients;
                break;
            case 'b':
                _view = TopView.Both;
                break;
        }
    }

    /// <summary>A terminal behind `kubectl exec` may say that it is nought by nought.</summary>
    private static (int Width, int Height) Size()
    {
        try
        {
            int width = Console.WindowWidth;
            int height = Console.WindowHeight;
            return (width < LeastWidth ? DefaultWidth : width, height < LeastHeight ? DefaultHeight : height);
        }
        catch (IOException)
        {
            return (DefaultWidth, DefaultHeight);
        }
    }

    private static void Write(Stream terminal, string text)
    {
        terminal.Write(Encoding.ASCII.GetBytes(text));
        terminal.Flush();
    }
}
