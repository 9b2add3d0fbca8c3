"""Go projects: names of a package in several files, modules, interfaces that nobody names, and raw requests."""

from __future__ import annotations

import textwrap

import pytest

from tests.link.linked import linked, roles

MODULE = {"go.mod": "module example.org/app\n\ngo 1.22\n"}
LLM = """
    package llm

    import (
        "context"

        openai "github.com/sashabaranov/go-openai"
    )

    type Client struct {
        inner *openai.Client
    }

    func New(key string) (*Client, error) {
        return &Client{inner: openai.NewClient(key)}, nil
    }

    func (c *Client) Ask(ctx context.Context, prompt string) (string, error) {
        resp, err := c.inner.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
            Model:    openai.GPT4oMini,
            Messages: []openai.ChatCompletionMessage{{Role: "user", Content: prompt}},
        })
        return resp.Choices[0].Message.Content, err
    }
    """
USES = [
    pytest.param(
        "llm/mail.go",
        """
        package llm

        func mail(c *Client, text string) string {
            out, err := c.Ask(nil, "Summarise the mail below in one sentence: "+text)
            return out
        }
        """,
        5,
        id="of the same package",
    ),
    pytest.param(
        "cmd/main.go",
        """
        package main

        import "example.org/app/llm"

        func main() {
            client, err := llm.New("key")
            out, err := client.Ask(nil, fmt.Sprintf("Summarise the mail below in one sentence: %s", text))
        }
        """,
        8,
        id="of another package of the module",
    ),
    pytest.param(
        "mail/mail.go",
        """
        package mail

        type asker interface {
            Ask(ctx context.Context, prompt string) (string, error)
        }

        type Service struct{ llm asker }

        func (s *Service) Mail(text string) {
            s.llm.Ask(nil, "Summarise the mail below in one sentence: "+text)
        }
        """,
        11,
        id="through an interface",
    ),
]


@pytest.mark.parametrize(("path", "code", "line"), USES)
def test_uses_of_a_gateway(path: str, code: str, line: int) -> None:
    files = {**MODULE, "llm/llm.go": LLM, path: code}
    points = linked(files)
    assert sorted(p.said for p in points.values()) == sorted(["llm/llm.go:19 gateway", f"{path}:{line} use"])
    assert (points[f"{path}:{line}"].models, points[f"{path}:{line}"].provider) == (("gpt-4o-mini",), "openai")
    assert points[f"{path}:{line}"].prompts == (f"{path}:{line}",)


def test_a_method_in_another_file_of_the_package_knows_the_fields() -> None:
    fields, method = textwrap.dedent(LLM).split("func (c *Client)")
    head = 'package llm\nimport openai "github.com/sashabaranov/go-openai"\nfunc (c *Client)'
    assert roles({**MODULE, "llm/client.go": fields, "llm/ask.go": head + method}) == ["llm/ask.go:4 gateway"]


def test_an_interface_with_a_method_that_is_missing_is_not_satisfied() -> None:
    other = """
        package mail

        type asker interface {
            Ask(ctx context.Context, prompt string) (string, error)
            Close()
        }

        func mail(a asker) { a.Ask(nil, "Summarise the mail below in one sentence: ") }
        """
    assert roles({**MODULE, "llm/llm.go": LLM, "mail/mail.go": other}) == ["llm/llm.go:19 gateway"]


def test_raw_requests() -> None:
    code = """
        package main

        type body struct {
            Model string `json:"model"`
            Input string `json:"input"`
        }

        func main() {
            data, _ := json.Marshal(map[string]any{"model": "gpt-4o", "messages": []string{"Say hello to the world out there"}})
            req, err := http.NewRequest("POST", "https://api.openai.com/v1/chat/completions", bytes.NewBuffer(data))
            other, _ := json.Marshal(body{Model: "text-embedding-3-small", Input: "a"})
            http.Post(fmt.Sprintf("%s/v1/embeddings", base), "application/json", bytes.NewReader(other))
            http.Post("https://example.org/v1/chat", "application/json", nil)
        }
        """
    imports = "\n".join(f'        import "{name}"' for name in ("bytes", "encoding/json", "fmt", "net/http"))
    points = linked({"main.go": code.replace("package main\n", f"package main\n{imports}\n")})
    assert [(p.kind, p.provider, p.models) for p in points.values()] == [
        ("chat", "openai", ("gpt-4o",)),
        ("embedding", "openai", ("text-embedding-3-small",)),
    ]
