// SPDX-License-Identifier: GPL-3.0-or-later

// Fills a test cluster with many nodes and pods of realistic size, fast: plain POSTs over a few keep-alive
// connections. It is for clusters made by ../cluster.sh only and reads the certificates that script wrote.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// More connections than this gave no more on 2 cores.
	connections = 24
	namespaces  = 20
	attempts    = 6
)

type object map[string]any

// poster sends objects to one API server.
type poster struct {
	client *http.Client
	server string
}

func newPoster(server, pki string) (*poster, error) {
	authority, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("no certificate in %s", filepath.Join(pki, "ca.crt"))
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(pki, "admin.crt"), filepath.Join(pki, "admin.key"))
	if err != nil {
		return nil, err
	}
	// HTTP/2 would put everything on one connection and one flow-control window; a TLSClientConfig of one's own
	// leaves it off.
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: connections,
		MaxConnsPerHost:     connections,
	}
	return &poster{client: &http.Client{Transport: transport, Timeout: 60 * time.Second}, server: server}, nil
}

// send repeats a request that the server had no time for. An object that exists already is what was asked for.
func (p *poster) send(method, path, contentType string, body []byte) error {
	var last error
	for try := 0; try < attempts; try++ {
		if try > 0 {
			time.Sleep(100 * time.Millisecond << try)
		}
		request, err := http.NewRequest(method, p.server+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", contentType)
		response, err := p.client.Do(request)
		if err != nil {
			last = err
			continue
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			last = err
			continue
		}
		if response.StatusCode < 300 || response.StatusCode == http.StatusConflict {
			return nil
		}
		last = fmt.Errorf("%s %s: %s: %.300s", method, path, response.Status, answer)
		if response.StatusCode != http.StatusTooManyRequests && response.StatusCode < 500 {
			return last
		}
	}
	return last
}

func (p *poster) create(path string, what object) error {
	body, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return p.send(http.MethodPost, path, "application/json", body)
}

// setStatus is needed for pods: creating one resets its status, unlike a node's.
func (p *poster) setStatus(path string, status object) error {
	body, err := json.Marshal(object{"status": status})
	if err != nil {
		return err
	}
	return p.send(http.MethodPatch, path+"/status", "application/merge-patch+json", body)
}

// forEach calls work with 0..count-1 from `connections` goroutines, says how it goes on, and returns the first error.
func forEach(what string, count int, work func(int) error) error {
	var next, done atomic.Int64
	var first error
	var once sync.Once
	var group sync.WaitGroup
	begin := time.Now()
	for range connections {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(count); i = next.Add(1) - 1 {
				if err := work(int(i)); err != nil {
					once.Do(func() { first = err })
					next.Store(int64(count))
					return
				}
				if n := done.Add(1); n%5000 == 0 {
					fmt.Fprintf(os.Stderr, "load: %d of %d %s\n", n, count, what)
				}
			}
		})
	}
	group.Wait()
	if first == nil {
		fmt.Fprintf(os.Stderr, "load: %d %s in %.1f s\n", count, what, time.Since(begin).Seconds())
	}
	return first
}

func fill(p *poster, nodes, pods int, status bool) error {
	err := forEach("namespaces", namespaces, func(i int) error {
		name := namespaceName(i)
		if err := p.create("/api/v1/namespaces", object{"metadata": object{"name": name}}); err != nil {
			return err
		}
		// Pods need it, and the controllers that make it may be behind or not there.
		return p.create("/api/v1/namespaces/"+name+"/serviceaccounts", object{"metadata": object{"name": "default"}})
	})
	if err != nil {
		return err
	}
	err = forEach("nodes", nodes, func(i int) error { return p.create("/api/v1/nodes", makeNode(i)) })
	if err != nil {
		return err
	}
	return forEach("pods", pods, func(i int) error {
		path := "/api/v1/namespaces/" + namespaceName(i%namespaces) + "/pods"
		if err := p.create(path, makePod(i, nodes)); err != nil || !status {
			return err
		}
		return p.setStatus(path+"/"+podName(i), runningStatus(i))
	})
}

func main() {
	server := flag.String("server", "", "address of the API server, e.g. https://127.0.0.1:6443")
	pki := flag.String("pki", "", "folder with ca.crt, admin.crt and admin.key")
	nodes := flag.Int("nodes", 0, "how many nodes")
	pods := flag.Int("pods", 0, "how many pods, spread over those nodes")
	status := flag.Bool("status", false, "say that the pods run (where no KWOK does)")
	flag.Parse()
	if *server == "" || *pki == "" || *nodes < 0 || *pods < 0 || (*nodes == 0 && *pods > 0) {
		flag.Usage()
		os.Exit(2)
	}
	p, err := newPoster(*server, *pki)
	if err == nil {
		err = fill(p, *nodes, *pods, *status)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
